import { ErrorCodeSchema, errorOf } from '@hushfield/contract/errors';
import type { CardPlaintext, ReplyPlaintext } from '@hushfield/contract/http';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { TokenizeLimits } from '../limits/tokenize-limits.ts';
import type { Vault } from '../vault.ts';
import { attemptOf, auditOf, requireSame, type TokenizeInput } from './attempt.ts';
import { judgeCard } from './judge-card.ts';
import { sealCard } from './seal-card.ts';
import { storeSealed } from './store-sealed.ts';
import {
  type Answered,
  type Attempt,
  findAnswer,
  insertCard,
  insertRefusal,
} from './token-store.ts';
import { tokenOf } from './token-view.ts';

/**
 * Judges a card, stores it, and says what it is now.
 *
 * @throws VaultError `idempotency_conflict` when this attempt was used for other bytes.
 */
export async function createToken(
  vault: Vault,
  limits: TokenizeLimits,
  input: TokenizeInput,
  card: CardPlaintext,
): Promise<ReplyPlaintext> {
  const taken = await limits.takeBin(input.claims.tenant, card.number);
  return taken ? answer(vault, input, card) : refusal(vault, input);
}

async function answer(
  vault: Vault,
  input: TokenizeInput,
  card: CardPlaintext,
): Promise<ReplyPlaintext> {
  const now = vault.now();
  const { claims, session, requestId } = input;
  const sql = vault.sql.as('api', claims.tenant);
  const attempt = attemptOf(input);
  const audit = auditOf(input, now);
  const objection = judgeCard(card, vault.mode, now, session);
  if (objection !== undefined) {
    const first = await insertRefusal(sql, attempt, objection, audit);
    if (!first) return earlierAnswer(sql, attempt, requestId);
    return { ok: false, error: errorOf(objection.code, { field: objection.field, requestId }) };
  }
  const forget = () => {
    vault.keys.forget(claims.tenant);
    vault.codeKeys.forget();
  };
  return storeSealed(forget, async () => {
    const stored = await sealCard(vault, claims, session?.customer ?? null, card, now);
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
  requireSame(earlier, attempt);
  return replayed(earlier, requestId);
}

function replayed({ token, error }: Answered, requestId: string): ReplyPlaintext {
  if (token !== undefined) return { ok: true, token: tokenOf(token) };
  // Neither: it was made, and has been deleted since.
  if (error === undefined) return { ok: false, error: errorOf('token_expired', { requestId }) };
  const code = ErrorCodeSchema.parse(error.code);
  return { ok: false, error: errorOf(code, { field: error.field ?? undefined, requestId }) };
}
