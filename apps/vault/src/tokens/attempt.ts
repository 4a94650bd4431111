import { createHash, timingSafeEqual } from 'node:crypto';
import type { SessionClaims, TicketClaims } from '@hushfield/contract/boot';
import type { TokenizeRequest } from '@hushfield/contract/http';
import { VaultError } from '../app/vault-error.ts';
import type { Database } from '../db/sql.ts';
import { type Answered, type Attempt, type AuditEntry, findAnswer } from './token-store.ts';
import { newId } from '@hushfield/crypto/token-id';

export type TokenizeInput = {
  /** Verified. */
  readonly claims: TicketClaims;
  /** Verified, and of the same tenant and page; nothing where none was brought or asked for. */
  readonly session: SessionClaims | undefined;
  readonly request: TokenizeRequest;
  readonly requestId: string;
};

/** What a ticket's attempt is remembered by. */
export function attemptOf({ claims, request }: TokenizeInput): Attempt {
  return {
    tenant: claims.tenant,
    nonce: claims.nonce,
    attempt: request.attempt,
    digest: createHash('sha256').update(`${request.enc}.${request.ct}`).digest(),
    expiresAt: new Date(claims.exp * 1000),
  };
}

export function auditOf(
  { claims, session, request, requestId }: TokenizeInput,
  now: number,
): AuditEntry {
  return {
    entryId: newId('aud'),
    at: new Date(now),
    actor: `key:${claims.key}${session === undefined ? '' : `/${session.id}`}`,
    origin: request.parentOrigin,
    requestId,
  };
}

/** Whether this attempt was answered before, to the same bytes. */
export async function wasAnswered(sql: Database, input: TokenizeInput): Promise<boolean> {
  const attempt = attemptOf(input);
  const earlier = await findAnswer(sql.as('api', attempt.tenant), attempt);
  return earlier !== undefined && isSame(earlier, attempt);
}

/** Whether an attempt was answered to the same bytes. */
export function isSame(earlier: Answered, attempt: Attempt): boolean {
  return timingSafeEqual(earlier.digest, attempt.digest);
}

/**
 * The same bytes get the same answer, so that a frame may repeat a request whose answer was lost.
 *
 * @throws VaultError `idempotency_conflict` for others.
 */
export function requireSame(earlier: Answered, attempt: Attempt): void {
  if (!isSame(earlier, attempt)) throw VaultError.because('idempotency_conflict', 'attempt_reused');
}
