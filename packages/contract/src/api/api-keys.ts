import * as z from 'zod/mini';
import { BinDigits } from '../bin.ts';
import { Origin } from '../limits.ts';
import { Mode } from '../mode.ts';
import { route, Scope } from './route.ts';
import { listOf, oneLine, Timestamp } from './shapes.ts';

const KeyId = z.string().check(z.regex(/^[0-9A-Za-z]{8}$/));
const ById = z.strictObject({ id: KeyId });
/** An address or a CIDR block. */
const Address = z.string().check(z.regex(/^[0-9a-fA-F.:]{2,45}(?:\/\d{1,3})?$/));

const SHARED = {
  label: oneLine(100),
  scopes: z.array(Scope).check(z.maxLength(Scope.options.length)),
  /** From where a secret or restricted key may come; none means anywhere. */
  addresses: z.array(Address).check(z.maxLength(32)),
  /** Pages that a publishable key may stand in. */
  origins: z.array(Origin).check(z.maxLength(32)),
  /** Of a publishable key: cards only with a session of the backend. */
  sessionsRequired: z.boolean(),
  /** Of a publishable key: the most of a BIN that its pages see. A session can show less. */
  binDigits: BinDigits,
  /** Of one with the scope `forward`: only what a grant of another key allows, and once. Not with `grants:write`. */
  forwardNeedsGrant: z.boolean(),
} as const;

/** A key without the key. */
export const ApiKey = z.strictObject({
  id: KeyId,
  object: z.literal('api_key'),
  kind: z.enum(['publishable', 'secret', 'restricted']),
  mode: Mode,
  ...SHARED,
  createdAt: Timestamp,
  expiresAt: z.nullable(Timestamp),
  lastUsedAt: z.nullable(Timestamp),
  revokedAt: z.nullable(Timestamp),
  /** The key in whose place it was made. */
  rolledFrom: z.nullable(KeyId),
});
export type ApiKey = z.infer<typeof ApiKey>;

const NewApiKey = z.strictObject({
  ...ApiKey.shape,
  /** Shown this once. */
  key: z.string().check(z.regex(/^(?:pk|sk|rk)_(?:test|live)_[0-9A-Za-z]{46}$/)),
});

export const createApiKey = route({
  id: 'createApiKey',
  method: 'POST',
  path: '/v1/api_keys',
  summary: 'Make an API key',
  about:
    'No key can give what it has not: its scopes must be among those of the key that asks. With several tenants, new origins count once they are proved. In live mode, none may stand on the site of the fields.',
  scope: 'keys:manage',
  body: z.strictObject({
    kind: ApiKey.shape.kind,
    label: z.optional(SHARED.label),
    scopes: z.optional(SHARED.scopes),
    addresses: z.optional(SHARED.addresses),
    origins: z.optional(SHARED.origins),
    sessionsRequired: z.optional(SHARED.sessionsRequired),
    binDigits: z.optional(SHARED.binDigits),
    forwardNeedsGrant: z.optional(SHARED.forwardNeedsGrant),
    expiresAt: z.optional(z.nullable(Timestamp)),
  }),
  answer: NewApiKey,
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['origin_not_allowed'],
});

export const listApiKeys = route({
  id: 'listApiKeys',
  method: 'GET',
  path: '/v1/api_keys',
  summary: 'List API keys',
  about: 'Newest first, with those that ended in the last thirty days. All on one page.',
  scope: 'keys:manage',
  answer: listOf(ApiKey),
  status: 200,
  errors: [],
});

export const getApiKey = route({
  id: 'getApiKey',
  method: 'GET',
  path: '/v1/api_keys/{id}',
  summary: 'Get an API key',
  about: 'All but the key itself.',
  scope: 'keys:manage',
  params: ById,
  answer: ApiKey,
  status: 200,
  errors: ['not_found'],
});

export const rollApiKey = route({
  id: 'rollApiKey',
  method: 'POST',
  path: '/v1/api_keys/{id}/roll',
  summary: 'Roll an API key',
  about: 'Makes a key that may do the same; the old one goes on working for the overlap.',
  scope: 'keys:manage',
  params: ById,
  body: z.strictObject({
    /** Seconds in which both hold, up to seven days; 0 ends the old one at once. */
    overlap: z.int().check(z.minimum(0), z.maximum(604_800)),
  }),
  answer: NewApiKey,
  status: 201,
  idempotent: true,
  secretAnswer: true,
  errors: ['not_found'],
});

export const revokeApiKey = route({
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/v1/api_keys/{id}',
  summary: 'Revoke an API key',
  about:
    'Holds on every node within a second. There is no way back. Keys that it has made go on working: if it may have been stolen and has `keys:manage`, look at `createdAt` of the others and revoke those too.',
  scope: 'keys:manage',
  params: ById,
  status: 204,
  errors: ['not_found'],
});
