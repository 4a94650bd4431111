import { Socket } from 'node:net';
import {
  type AnswerOf,
  API,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type Route,
} from '@hushfield/contract/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import { BackendDoor } from '../tenants/backend-door.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';
import { answerOnce } from './answer-once.ts';
import { type Asked, idempotencyKeyOf } from './named-request.ts';

/**
 * Several statements as one act. It holds a connection of the pool, so that whatever may wait for a device
 * is done before: a KEK that does not answer would else take the pool away from every other request. Under
 * an `Idempotency-Key`, what the work gives is the answer, and is kept with the act; nothing is kept when it
 * gives nothing. The work uses the connection it is given and none beside it: requests that hold one each,
 * and wait for another, would wait for ever.
 */
export type Transact = <T>(work: (sql: Sql) => Promise<T>) => Promise<T>;

/** Who asks, and where their rows are. */
export type Caller = {
  readonly key: StoredKey;
  readonly requestId: string;
  readonly address: string;
  /** In the tenant of the key; each statement is a transaction of its own. */
  readonly sql: Sql;
  readonly transact: Transact;
  /** As audit entries name the caller. */
  readonly actor: string;
  readonly now: Date;
  /** Of a route that keeps names by itself; of no other. */
  readonly asked?: Asked;
};

/** The caller as acts on rows take it. */
export function byOf({ key, actor, requestId, address, now }: Caller): By {
  return { tenant: key.tenant, mode: key.mode, actor, requestId, address, now };
}

export type Input<R extends Route> = {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
};
export type Handler<R extends Route> = (input: Input<R>, caller: Caller) => Promise<AnswerOf<R>>;
/** One for each route of the table: a route without a handler does not compile. */
export type Handlers = { readonly [Id in keyof typeof API]: Handler<(typeof API)[Id]> };

/**
 * A silent connection is given up after half a minute, also while its request is handled: enough for a device and a
 * database, and not for these beside a destination. Twice the 25 seconds of a device, the 25 of a destination, and the
 * database: who has had a card sent is told what came of it. Node sets it back with the connection's next request.
 */
const SENDING_MS = 90_000;

type AnyHandler = (input: never, caller: Caller) => Promise<unknown>;
type Bound = { readonly vault: Vault; readonly door: BackendDoor };

/** Registers every route of the table, and no other: none is reachable past the door. */
export function bindRoutes(app: FastifyInstance, vault: Vault, handlers: Handlers): void {
  const bound = { vault, door: new BackendDoor(vault) };
  for (const [id, route] of Object.entries(API)) {
    const handler: AnyHandler = handlers[id as keyof Handlers];
    app.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => serve(bound, route, handler, request, reply),
    });
  }
}

/** The same for every route, in this order: who asks, what for, the act, the answer's own schema. */
async function serve(
  { vault, door }: Bound,
  route: Route,
  handler: AnyHandler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = await door.admit(request, route.scope);
  const input = parseInput(route, request);
  const name = route.idempotent ? idempotencyKeyOf(request) : undefined;
  const asked = name === undefined ? undefined : { route, key, name, request };
  if (route.keepsName && asked === undefined)
    throw VaultError.because('invalid_request', 'name_missing', { field: 'Idempotency-Key' });
  const { socket } = request.raw;
  // None in a test that asks without a connection.
  if (route.keepsName && socket instanceof Socket) socket.setTimeout(SENDING_MS);
  const act = async (transact: Transact) => {
    const caller: Caller = {
      key,
      requestId: request.id,
      address: request.caller,
      sql: vault.sql.as('api', key.tenant),
      transact,
      actor: `key:${key.keyId}`,
      now: new Date(vault.now()),
      ...(route.keepsName && asked !== undefined ? { asked } : {}),
    };
    const answer = await handler(input as never, caller);
    return route.answer === undefined ? undefined : route.answer.parse(answer);
  };
  const answer =
    asked === undefined || route.keepsName
      ? await act((work) => vault.sql.transaction({ role: 'api', tenant: key.tenant }, work))
      : await answerOnce(vault, asked, act);
  return reply.code(route.status).send(answer);
}

function parseInput(route: Route, request: FastifyRequest) {
  // An id that cannot be one is one that is not there.
  const params = parsePart(route.params, request.params, 'path_form');
  const query = parsePart(route.query, request.query, 'query_form');
  const body = parsePart(route.body, request.body, 'body_form');
  return { params, query, body };
}

function parsePart(
  schema: Route['body'],
  value: unknown,
  reason: 'path_form' | 'query_form' | 'body_form',
): unknown {
  const code = reason === 'path_form' ? 'not_found' : 'invalid_request';
  if (schema === undefined) {
    if (isNothing(value)) return undefined;
    throw VaultError.because(code, reason);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const name = reason === 'path_form' ? undefined : parsed.error.issues[0]?.path[0];
  const field = memberOf(schema, name);
  throw VaultError.because(code, reason, field === undefined ? {} : { field });
}

/** Which member is wrong, by our own name for it: nothing that was sent goes into an answer. */
function memberOf(schema: object, name: PropertyKey | undefined): string | undefined {
  const known = 'shape' in schema ? Object.keys(Object(schema.shape)) : [];
  return known.find((member) => member === name);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || Object.keys(value).length === 0;
}
