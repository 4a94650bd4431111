import { createHash, timingSafeEqual } from 'node:crypto';
import type { TicketClaims } from '@hushfield/contract/boot';
import { ErrorCodeSchema, errorOf } from '@hushfield/contract/errors';
import { ReplyPlaintext, type TokenizeRequest } from '@hushfield/contract/http';
import { newId } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { TokenizeLimits } from '../limits/tokenize-limits.ts';
import type { Vault } from '../vault.ts';
import { judgeCard } from './judge-card.ts';
import { type OpenedCard, openCard } from './open-card.ts';
import { sealCard } from './seal-card.ts';
import { storeSealed } from './store-sealed.ts';
import {
  type Answered,
  type Attempt,
  type AuditEntry,
  findAnswer,
  insertCard,
  insertRefusal,
} from './token-store.ts';
import { tokenOf } from './token-view.ts';

export type TokenizeInput = {
  /** Verified. */
  readonly claims: TicketClaims;
  readonly request: TokenizeRequest;
  readonly requestId: string;
};

/**
 * Opens a card, judges it, stores it, and answers inside the seal: what the vault thinks of a card
 * stays between it and the frame, in an answer of constant size.
 *
 * @throws VaultError `invalid_request` when the seal does not open; `idempotency_conflict` when this
 * attempt was used for other bytes.
 */
export async function createToken(
  vault: Vault,
  limits: TokenizeLimits,
  input: TokenizeInput,
): Promise<string> {
  const { claims, request } = input;
  const secret = await vault.receiveKeys.find(request.kid);
  const opened = openCard(secret, claims, request);
  const taken = await limits.takeBin(claims.tenant, opened.card.number);
  const reply = taken ? await answer(vault, input, opened) : await refusal(vault, input);
  const sealed = opened.sealReply(Buffer.from(JSON.stringify(ReplyPlaintext.parse(reply))));
  return Buffer.from(sealed).toString('base64url');
}

async function answer(
  vault: Vault,
  input: TokenizeInput,
  { card }: OpenedCard,
): Promise<ReplyPlaintext> {
  const now = vault.now();
  const { claims, requestId } = input;
  const sql = vault.sql.as('api', claims.tenant);
  const attempt = attemptOf(input);
  const audit = auditOf(input, now);
  const objection = judgeCard(card, vault.mode, now);
  if (objection !== undefined) {
    const first = await insertRefusal(sql, attempt, objection, audit);
    if (!first) return earlierAnswer(sql, attempt, requestId);
    return { ok: false, error: errorOf(objection.code, { field: objection.field, requestId }) };
  }
  return storeSealed(vault.keys, claims.tenant, async () => {
    const stored = await sealCard(vault.keys, claims, card, now);
    if (await insertCard(sql, attempt, stored, audit))
      return { ok: true, token: tokenOf(stored.token) };
    const earlier = await findAnswer(sql, attempt);
    return earlier && sameAnswer(earlier, attempt, requestId);
  });
}

/**
 * A BIN is known only here, so that its refusal goes inside the seal, in no other size than a token. It
 * takes no attempt away and is not remembered; what was answered before stays answered.
 */
async function refusal(vault: Vault, input: TokenizeInput): Promise<ReplyPlaintext> {
  const { claims, requestId } = input;
  const attempt = attemptOf(input);
  const earlier = await findAnswer(vault.sql.as('api', claims.tenant), attempt);
  if (earlier !== undefined) return sameAnswer(earlier, attempt, requestId);
  return { ok: false, error: errorOf('rate_limited', { requestId }) };
}

/** The same bytes get the same answer, so that a frame may repeat a request whose answer was lost. */
async function earlierAnswer(
  sql: Sql,
  attempt: Attempt,
  requestId: string,
): Promise<ReplyPlaintext> {
  const earlier = await findAnswer(sql, attempt);
  if (earlier === undefined) throw new VaultError('service_unavailable');
  return sameAnswer(earlier, attempt, requestId);
}

function sameAnswer(earlier: Answered, attempt: Attempt, requestId: string): ReplyPlaintext {
  if (!timingSafeEqual(earlier.digest, attempt.digest))
    throw new VaultError('idempotency_conflict');
  return replayed(earlier, requestId);
}

function replayed({ token, error }: Answered, requestId: string): ReplyPlaintext {
  if (token !== undefined) return { ok: true, token: tokenOf(token) };
  // Neither: it was made, and has been deleted since.
  if (error === undefined) return { ok: false, error: errorOf('token_expired', { requestId }) };
  const code = ErrorCodeSchema.parse(error.code);
  return { ok: false, error: errorOf(code, { field: error.field ?? undefined, requestId }) };
}

function attemptOf({ claims, request }: TokenizeInput): Attempt {
  return {
    tenant: claims.tenant,
    nonce: claims.nonce,
    attempt: request.attempt,
    digest: createHash('sha256').update(`${request.enc}.${request.ct}`).digest(),
    expiresAt: new Date(claims.exp * 1000),
  };
}

function auditOf({ claims, request, requestId }: TokenizeInput, now: number): AuditEntry {
  return {
    entryId: newId('aud'),
    at: new Date(now),
    actor: `key:${claims.key}`,
    origin: request.parentOrigin,
    requestId,
  };
}
