import * as z from 'zod/mini';
import { Mode } from '../mode.ts';
import { ForwardFields, HeaderName, HeaderText, Pointer } from './forward-parts.ts';
import { route } from './route.ts';
import { listOf, oneLine, Timestamp } from './shapes.ts';

export const DestinationId = z.string().check(z.regex(/^dst_[0-9A-Za-z]{22}$/));
const ById = z.strictObject({ id: DestinationId });

/** As DNS has it, in small letters. An address is none: certificates are made out to names. */
const Host = z
  .string()
  .check(
    z.maxLength(253),
    z.regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/),
  );
/**
 * The very path, or all beneath one that ends in `/*`. `{id}` is one segment of any name. Never a prefix by itself:
 * beneath a payment, gateways have its refunds.
 */
const PathRule = z
  .string()
  .check(
    z.maxLength(200),
    z.regex(/^(?:\/(?!\.+(?:\/|$))(?:[A-Za-z0-9_~.@:,=-]+|\{id\}))+(?:\/\*)?$/),
  );
const QueryName = z.string().check(z.regex(/^[A-Za-z0-9_.-]{1,60}(?:\[\])?$/));
const CredentialName = z.string().check(z.regex(/^[a-z][A-Za-z0-9]{0,39}$/));

/** What the vault puts in by itself: a text that may be read here, or a credential that nobody may. */
const Injected = z.union([
  z.strictObject({ value: HeaderText }),
  z.strictObject({
    credential: CredentialName,
    /** In front of it, such as `Bearer `. */
    prefix: z.optional(z.string().check(z.regex(/^[\x20-\x7e]{1,20}$/))),
  }),
]);
const few = <S extends z.ZodMiniType>(each: S, most = 40) => z.array(each).check(z.maxLength(most));

/**
 * Where cards may be sent, and how: what is not named here is refused. No request can widen it.
 */
export const DestinationRecord = z.strictObject({
  label: oneLine(60),
  host: Host,
  /** 443 without. */
  port: z.optional(z.int().check(z.minimum(1), z.maximum(65_535))),
  /** How a body is written: as JSON, or as `application/x-www-form-urlencoded` with `card[number]`. */
  format: z.enum(['json', 'form']),
  methods: z.array(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])).check(z.minLength(1)),
  /** Exact paths, all beneath one (`/v1/charges/*`), or with any name for `{id}`. */
  paths: few(PathRule).check(z.minLength(1)),
  /** Names that the query of a path may have; none without. */
  query: z.optional(few(QueryName)),
  /** By field of a token, the exact places in a body that may carry it, as JSON Pointers (RFC 6901). */
  fields: ForwardFields,
  /** What else a body may say: exact places, or all beneath one (`/metadata/*`). */
  body: few(Pointer, 200),
  /** Headers that a request may set. */
  headers: few(HeaderName),
  /** What a request may not say, since the vault does: credentials, and whatever selects an account. */
  inject: z.strictObject({
    headers: z.record(HeaderName, Injected),
    body: z.record(Pointer, Injected),
  }),
  /** Where a body says how much is charged, in the smallest unit: what a grant may set a ceiling to. */
  amount: z.optional(z.strictObject({ value: Pointer, currency: Pointer })),
  /** Headers of its answer that are handed on. */
  answerHeaders: few(HeaderName),
  /** How long it may take, in milliseconds; 10,000 without. */
  timeoutMs: z.optional(z.int().check(z.minimum(100), z.maximum(25_000))),
  /** How long its answer may be; 262,144 without. */
  maxAnswerBytes: z.optional(z.int().check(z.minimum(1), z.maximum(1_048_576))),
  /**
   * False for one that takes no payment, such as a risk check: a security code that it was not sent is kept
   * for the one that does. True without.
   */
  authorizes: z.optional(z.boolean()),
});
export type DestinationRecord = z.infer<typeof DestinationRecord>;

/** By the names that the record calls them. Never given out. */
export const Credentials = z.record(CredentialName, HeaderText);
export type Credentials = z.infer<typeof Credentials>;

/** A destination without its credentials. */
export const Destination = z.strictObject({
  id: DestinationId,
  object: z.literal('destination'),
  mode: Mode,
  state: z.enum(['active', 'disabled']),
  ...DestinationRecord.shape,
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Destination = z.infer<typeof Destination>;

export const createDestination = route({
  id: 'createDestination',
  method: 'POST',
  path: '/v1/destinations',
  summary: 'Approve a destination',
  about:
    'Where cards may be sent from then on, by whoever holds a key with the scope `forward`. Credentials are sealed as cards are, and never given out. A record is never changed, so that nobody can turn credentials that are stored to another host: make another, and delete the first. A tenant has at most 100.',
  scope: 'destinations:manage',
  body: z.strictObject({
    record: DestinationRecord,
    /** Exactly those that the record names. */
    credentials: z.optional(Credentials),
  }),
  answer: Destination,
  status: 201,
  idempotent: true,
  errors: ['policy_denied'],
});

export const listDestinations = route({
  id: 'listDestinations',
  method: 'GET',
  path: '/v1/destinations',
  summary: 'List destinations',
  about: 'Newest first, without credentials. All on one page.',
  scope: 'destinations:manage',
  answer: listOf(Destination),
  status: 200,
  errors: [],
});

export const getDestination = route({
  id: 'getDestination',
  method: 'GET',
  path: '/v1/destinations/{id}',
  summary: 'Get a destination',
  about: 'All but its credentials.',
  scope: 'destinations:manage',
  params: ById,
  answer: Destination,
  status: 200,
  errors: ['not_found'],
});

export const updateDestination = route({
  id: 'updateDestination',
  method: 'PATCH',
  path: '/v1/destinations/{id}',
  summary: 'Disable a destination, or change its credentials',
  about:
    'What is left out stays. Nothing is sent to one that is disabled; what is under way comes to its end. Credentials are replaced as a whole.',
  scope: 'destinations:manage',
  params: ById,
  body: z
    .strictObject({
      state: z.optional(z.enum(['active', 'disabled'])),
      credentials: z.optional(Credentials),
    })
    .check(z.refine((change) => Object.keys(change).length > 0)),
  answer: Destination,
  status: 200,
  errors: ['not_found'],
});

export const deleteDestination = route({
  id: 'deleteDestination',
  method: 'DELETE',
  path: '/v1/destinations/{id}',
  summary: 'Delete a destination',
  about: 'Nothing is sent there any more, and its credentials are gone.',
  scope: 'destinations:manage',
  params: ById,
  status: 204,
  errors: ['not_found'],
});
