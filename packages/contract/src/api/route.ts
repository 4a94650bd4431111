import * as z from 'zod/mini';
import type { ErrorCode } from '../errors/codes.ts';

/** What a backend's key may be allowed to do. */
export const Scope = z.enum([
  'tokens:read',
  'tokens:write',
  'tokens:delete',
  'tokens:reveal',
  'grants:write',
  'sessions:write',
  'keys:manage',
  'audit:read',
  'forward',
  'destinations:manage',
  'webhooks:manage',
  'events:read',
]);
export type Scope = z.infer<typeof Scope>;

type Schema = z.ZodMiniType;

/**
 * One route of the API for backends: the vault binds a handler to it, the client its types, and the
 * reference is written from it. Every one needs a key with its scope.
 */
export type Route = {
  /** Also the name of the handler. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `/v1/tokens/{id}` */
  readonly path: string;
  readonly summary: string;
  readonly about: string;
  readonly scope: Scope;
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  /** Nothing for 204. */
  readonly answer?: Schema;
  readonly status: 200 | 201 | 204;
  /** Takes an `Idempotency-Key`. */
  readonly idempotent?: true;
  /** Cannot do without one, and keeps it by itself: what it does crosses a network, where no transaction reaches. */
  readonly keepsName?: true;
  /** Shown once: a repeated request is told the id and no more. */
  readonly secretAnswer?: true;
  /** Besides those that any route may answer with. */
  readonly errors: readonly ErrorCode[];
};

/** Keeps the exact type of each schema. */
export function route<const R extends Route>(definition: R): R {
  return definition;
}

type Of<R, Part extends string> = R extends { readonly [P in Part]: infer S extends Schema }
  ? z.output<S>
  : undefined;

export type ParamsOf<R extends Route> = Of<R, 'params'>;
export type QueryOf<R extends Route> = Of<R, 'query'>;
export type BodyOf<R extends Route> = Of<R, 'body'>;
export type AnswerOf<R extends Route> = Of<R, 'answer'>;
