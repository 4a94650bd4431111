import type { Route } from '@hushfield/contract/api';
import type { ErrorCode } from '@hushfield/contract/errors';
import { VaultError } from '../app/vault-error.ts';

export type Refusal = { readonly status: number; readonly code: ErrorCode };

/** Too long, and of another type than JSON; asked only of what may bring a body. */
const UNREADABLE = [413, 415];
/** Ours: a mistake, and a database or KEK that is away. */
const FAILURES = [500, 503];

/** All that a route may refuse with, and nothing that it does not. A test provokes each. */
export function refusalsOf({ method, params, errors, idempotent }: Route): Refusal[] {
  const codes: ErrorCode[] = [
    ...(['invalid_request', 'unauthorized', 'policy_denied', 'rate_limited'] as const),
    ...(params === undefined ? [] : (['not_found'] as const)),
    ...errors,
    ...(idempotent ? (['idempotency_conflict'] as const) : []),
  ];
  const unreadable = method === 'GET' ? [] : UNREADABLE;
  return [
    ...[...new Set(codes)].map((code) => ({ status: new VaultError(code).status, code })),
    ...unreadable.map((status) => ({ status, code: 'invalid_request' as const })),
    ...FAILURES.map((status) => ({ status, code: 'service_unavailable' as const })),
  ];
}
