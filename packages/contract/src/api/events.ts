import * as z from 'zod/mini';
import { Mode } from '../mode.ts';
import { TokenId } from '../token.ts';
import { Redaction } from './redaction.ts';
import { route } from './route.ts';
import { Cursor, listOf, PageSize, Timestamp } from './shapes.ts';

/** An event that an entry of the audit log tells of has the same letters behind `evt_`. */
export const EventId = z.string().check(z.regex(/^evt_[0-9A-Za-z_]{1,40}$/));
const KeyId = z.string().check(z.regex(/^[0-9A-Za-z]{8}$/));
const EndpointId = z.string().check(z.regex(/^whe_[0-9A-Za-z]{22}$/));
const DestinationId = z.string().check(z.regex(/^dst_[0-9A-Za-z]{22}$/));
const Word = z.string().check(z.regex(/^[\w:./-]{1,100}$/));

/** What it concerns, by id: whoever wants to know more asks for that. Never anything of a card. */
function event<const T extends string, S extends z.core.$ZodLooseShape>(type: T, data: S) {
  return z.strictObject({
    id: EventId,
    object: z.literal('event'),
    type: z.literal(type),
    mode: Mode,
    /** When it happened. */
    timestamp: Timestamp,
    data: z.strictObject(data),
  });
}

const ofToken = { token: TokenId } as const;
const ofKey = { key: KeyId } as const;
const ofEndpoint = { endpoint: EndpointId } as const;
const ofDestination = { destination: DestinationId } as const;

/** Everything that a merchant can be told of, by its type. */
export const EVENTS = {
  /** A card, an account or a text was typed in a page of yours. */
  'token.created': event('token.created', ofToken),
  /** Your backend, or the operator for you, stored a card. */
  'token.imported': event('token.imported', ofToken),
  /** Its end, customer or metadata were changed. */
  'token.updated': event('token.updated', ofToken),
  /** It was deleted with what it stood for. */
  'token.deleted': event('token.deleted', ofToken),
  /** Its time was over, and the vault has forgotten it. */
  'token.expired': event('token.expired', ofToken),
  /** What it stands for was given out, whole or in part. */
  'token.revealed': event('token.revealed', { ...ofToken, redaction: Redaction }),
  /** A page attacked its frame, and may tokenize no more. */
  'session.blocked': event('session.blocked', {
    ticket: Word,
    /** A frame that locks itself proves its ticket alone, whatever session its page has. */
    session: z.null(),
    reason: Word,
  }),
  /** An API key was made. */
  'key.created': event('key.created', ofKey),
  /** An API key got a successor. */
  'key.rolled': event('key.rolled', ofKey),
  /** An API key was ended. */
  'key.revoked': event('key.revoked', ofKey),
  /** A browser sent a secret key: revoke it. */
  'key.exposed': event('key.exposed', ofKey),
  /** A publishable key is used more than it should be; for a while it takes nobody without a session. */
  'limits.tripped': event('limits.tripped', { ...ofKey, limit: Word }),
  /** A key that the vault works with was changed for another. Of the whole vault, but for your own two. */
  'encryption_key.rotated': event('encryption_key.rotated', {
    what: z.enum([
      'data_key',
      'fingerprint_key',
      'kek',
      'receive',
      'ticket',
      'session',
      'manifest',
      'audit',
      'pepper',
    ]),
    key: Word,
  }),
  /** The newest signed state of the audit log (C2SP). Keep it, and you notice when the log is changed. */
  'audit.checkpointed': event('audit.checkpointed', {
    size: z.int().check(z.minimum(0)),
    checkpoint: z.string().check(z.maxLength(4_096)),
  }),
  /** A place that cards may be forwarded to was set up. */
  'destination.created': event('destination.created', ofDestination),
  /** Where it is, or what may be sent there, was changed. */
  'destination.updated': event('destination.updated', ofDestination),
  /** Nothing is forwarded to it for now. */
  'destination.disabled': event('destination.disabled', ofDestination),
  /** It was deleted. */
  'destination.deleted': event('destination.deleted', ofDestination),
  /** A destination sent back what was forwarded to it, and the vault withheld that. */
  'echo.detected': event('echo.detected', {
    ...ofDestination,
    token: z.nullable(TokenId),
  }),
  /** Where an endpoint of yours is, or what it is told, was changed, or it was enabled. */
  'webhook_endpoint.updated': event('webhook_endpoint.updated', ofEndpoint),
  /** What it is told is signed by another secret from now on. */
  'webhook_endpoint.secret_rolled': event('webhook_endpoint.secret_rolled', ofEndpoint),
  /** It was deleted, and is told of nothing any more. */
  'webhook_endpoint.deleted': event('webhook_endpoint.deleted', ofEndpoint),
  /** The vault has stopped telling an endpoint of yours, or you have stopped it. */
  'webhook_endpoint.disabled': event('webhook_endpoint.disabled', {
    ...ofEndpoint,
    reason: z.enum(['asked', 'failing', 'gone']),
  }),
} as const;

export type EventType = keyof typeof EVENTS;
/** What an event of a type says. */
export type EventData<T extends EventType> = z.infer<(typeof EVENTS)[T]>['data'];

export const EVENT_TYPES = Object.keys(EVENTS) as readonly EventType[];

/** What a merchant is told: the body of a webhook, and what the list of events is made of. */
export const Event = z.union(Object.values(EVENTS));
export type Event = z.infer<typeof Event>;

/** The name of a type, as callers give it. */
export const EventTypeName = z.enum(EVENT_TYPES as readonly [EventType, ...EventType[]]);

export const listEvents = route({
  id: 'listEvents',
  method: 'GET',
  path: '/v1/events',
  summary: 'List events',
  about:
    'Newest first, of the last thirty days. Events of acts that end at the same moment may appear in any order: who polls looks back a minute, and leaves out what it has seen.',
  scope: 'events:read',
  query: z.strictObject({
    type: z.optional(EventTypeName),
    /** Those that happened then or later. */
    since: z.optional(Timestamp),
    cursor: z.optional(Cursor),
    /** 1 to 100; 20 without. */
    limit: z.optional(PageSize),
  }),
  answer: listOf(Event),
  status: 200,
  errors: [],
});

export const getEvent = route({
  id: 'getEvent',
  method: 'GET',
  path: '/v1/events/{id}',
  summary: 'Get an event',
  about: 'As endpoints are told of it.',
  scope: 'events:read',
  params: z.strictObject({ id: EventId }),
  answer: Event,
  status: 200,
  errors: ['not_found'],
});
