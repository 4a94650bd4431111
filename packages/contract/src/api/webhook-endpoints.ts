import * as z from 'zod/mini';
import { Mode } from '../mode.ts';
import { EventId, EventTypeName } from './events.ts';
import { route } from './route.ts';
import { Cursor, listOf, oneLine, PageSize, Timestamp } from './shapes.ts';

const EndpointId = z.string().check(z.regex(/^whe_[0-9A-Za-z]{22}$/));
const ById = z.strictObject({ id: EndpointId });
const Count = z.int().check(z.minimum(0));

/** `https`, without user and fragment; the operator may let `http` of this machine through. */
const EndpointUrl = z.string().check(z.regex(/^https?:\/\/[\x21-\x7e]{1,2000}$/));
const Types = z.union([
  z.tuple([z.literal('*')]),
  z.array(EventTypeName).check(z.minLength(1), z.maxLength(64)),
]);

const SHARED = {
  url: EndpointUrl,
  /** Types of events, or `["*"]` for all that there are and will be. */
  events: Types,
  description: oneLine(200),
} as const;

/** A place of yours that is told of events, without its secret. */
export const WebhookEndpoint = z.strictObject({
  id: EndpointId,
  object: z.literal('webhook_endpoint'),
  mode: Mode,
  ...SHARED,
  status: z.enum(['enabled', 'disabled']),
  /** `asked` by you, `failing` for five days, or `gone`: it has answered 410. Null while it is enabled. */
  disabledReason: z.nullable(z.enum(['asked', 'failing', 'gone'])),
  /** Since when nothing has arrived there; null while all does. */
  failingSince: z.nullable(Timestamp),
  /** `whpk_…` of each secret that is signed with, newest first: for who verifies `v1a`. */
  publicKeys: z.array(z.string().check(z.regex(/^whpk_[A-Za-z0-9+/]{43}=$/))),
  createdAt: Timestamp,
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

const NewSecret = z.strictObject({
  ...WebhookEndpoint.shape,
  /** For `v1`. Shown this once. */
  secret: z.string().check(z.regex(/^whsec_[A-Za-z0-9+/]{43}=$/)),
});

export const createWebhookEndpoint = route({
  id: 'createWebhookEndpoint',
  method: 'POST',
  path: '/v1/webhook_endpoints',
  summary: 'Make a webhook endpoint',
  about:
    'Events that happen from now on are sent there, signed by the Standard Webhooks specification. A tenant has at most 16.',
  scope: 'webhooks:manage',
  body: z.strictObject({
    url: SHARED.url,
    events: SHARED.events,
    description: z.optional(SHARED.description),
  }),
  answer: NewSecret,
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['policy_denied'],
});

export const listWebhookEndpoints = route({
  id: 'listWebhookEndpoints',
  method: 'GET',
  path: '/v1/webhook_endpoints',
  summary: 'List webhook endpoints',
  about: 'Newest first. All on one page.',
  scope: 'webhooks:manage',
  answer: listOf(WebhookEndpoint),
  status: 200,
  errors: [],
});

export const getWebhookEndpoint = route({
  id: 'getWebhookEndpoint',
  method: 'GET',
  path: '/v1/webhook_endpoints/{id}',
  summary: 'Get a webhook endpoint',
  about: 'All but its secret.',
  scope: 'webhooks:manage',
  params: ById,
  answer: WebhookEndpoint,
  status: 200,
  errors: ['not_found'],
});

export const updateWebhookEndpoint = route({
  id: 'updateWebhookEndpoint',
  method: 'PATCH',
  path: '/v1/webhook_endpoints/{id}',
  summary: 'Change a webhook endpoint',
  about:
    'What is left out stays. While it is disabled, nothing is sent, and no new event is kept for it: replay the range when it is enabled again. What was under way goes on then.',
  scope: 'webhooks:manage',
  params: ById,
  body: z
    .strictObject({
      url: z.optional(SHARED.url),
      events: z.optional(SHARED.events),
      description: z.optional(SHARED.description),
      status: z.optional(WebhookEndpoint.shape.status),
    })
    .check(z.refine((change) => Object.keys(change).length > 0)),
  answer: WebhookEndpoint,
  status: 200,
  errors: ['not_found'],
});

export const deleteWebhookEndpoint = route({
  id: 'deleteWebhookEndpoint',
  method: 'DELETE',
  path: '/v1/webhook_endpoints/{id}',
  summary: 'Delete a webhook endpoint',
  about: 'With its secrets. Nothing is sent there any more, but for what leaves at this moment.',
  scope: 'webhooks:manage',
  params: ById,
  status: 204,
  errors: ['not_found'],
});

export const rollWebhookSecret = route({
  id: 'rollWebhookSecret',
  method: 'POST',
  path: '/v1/webhook_endpoints/{id}/roll_secret',
  summary: 'Roll the secret of a webhook endpoint',
  about:
    'For the overlap every request carries a signature by each of the two, so that a receiver may know either.',
  scope: 'webhooks:manage',
  params: ById,
  body: z.strictObject({
    /** Seconds in which both are signed with, up to seven days; 0 ends the old one at once. */
    overlap: z.int().check(z.minimum(0), z.maximum(604_800)),
  }),
  answer: NewSecret,
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['not_found'],
});

export const replayWebhookEvents = route({
  id: 'replayWebhookEvents',
  method: 'POST',
  path: '/v1/webhook_endpoints/{id}/replay',
  summary: 'Tell a webhook endpoint again',
  about:
    'Of one event, or of a range of up to thirty days, in the order in which they happened as far as that goes. Each keeps its `webhook-id`: who has acted on it knows it again. `undelivered` leaves out what has arrived.',
  scope: 'webhooks:manage',
  params: ById,
  body: z.union([
    z.strictObject({ event: EventId }),
    z.strictObject({
      /** From then on. */
      from: Timestamp,
      /** Of those that happened at `from`, only what comes behind this one: where the answer before says to go on. */
      after: z.optional(EventId),
      /** Up to then; until now without. */
      to: z.optional(Timestamp),
      undelivered: z.optional(z.boolean()),
    }),
  ]),
  answer: z.strictObject({
    /** Of the endpoint. */
    id: EndpointId,
    object: z.literal('webhook_replay'),
    /** How many events are under way by it. */
    events: Count,
    /** That there were no more: else ask again from `next`, and behind the event `after`. */
    complete: z.boolean(),
    next: z.nullable(Timestamp),
    after: z.nullable(EventId),
  }),
  status: 201,
  idempotent: true,
  errors: ['not_found'],
});

/** One try. */
const Attempt = z.strictObject({
  at: Timestamp,
  /** That was answered; null where there was no answer. */
  status: z.nullable(z.int()),
  durationMs: Count,
  reason: z.enum([
    'delivered',
    'status',
    'redirected',
    'gone',
    'unreachable',
    'tls_failed',
    'timeout',
    'connection_lost',
    'answer_malformed',
    'answer_too_large',
    'not_signed',
  ]),
});

/** An event on its way to an endpoint. */
export const WebhookDelivery = z.strictObject({
  object: z.literal('webhook_delivery'),
  endpoint: EndpointId,
  event: EventId,
  type: EventTypeName,
  state: z.enum(['pending', 'delivered', 'failed']),
  /** When it is tried next; null when it is not. */
  nextAttemptAt: z.nullable(Timestamp),
  /** The newest twenty, newest first. */
  attempts: z.array(Attempt),
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const listWebhookDeliveries = route({
  id: 'listWebhookDeliveries',
  method: 'GET',
  path: '/v1/webhook_endpoints/{id}/deliveries',
  summary: 'List deliveries to a webhook endpoint',
  about: 'Newest event first, of the last thirty days. Never what was answered.',
  scope: 'webhooks:manage',
  params: ById,
  query: z.strictObject({
    state: z.optional(WebhookDelivery.shape.state),
    event: z.optional(EventId),
    cursor: z.optional(Cursor),
    /** 1 to 100; 20 without. */
    limit: z.optional(PageSize),
  }),
  answer: listOf(WebhookDelivery),
  status: 200,
  errors: ['not_found'],
});
