import { binDigitsOf } from '@hushfield/contract/boot';
import { ErrorCodeSchema, errorOf } from '@hushfield/contract/errors';
import type { CardPlaintext, ReplyPlaintext, SecretPlaintext } from '@hushfield/contract/http';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { TokenizeLimits } from '../limits/tokenize-limits.ts';
import type { Vault } from '../vault.ts';
import { attemptOf, auditOf, requireSame, type TokenizeInput } from './attempt.ts';
import { judgeCard, type Objection } from './judge-card.ts';
import { judgeSecret } from './judge-secret.ts';
import { sealCard } from './seal-card.ts';
import { sealSecret } from './seal-secret.ts';
import { storeSealed } from './store-sealed.ts';
import {
  type Answered,
  type Attempt,
  findAnswer,
  insertRecord,
  insertRefusal,
} from './token-store.ts';
import { findTextPolicy } from './text-policies.ts';
import { isCard } from './token-kind.ts';
import { tokenOf } from './token-view.ts';

type Plain = CardPlaintext | SecretPlaintext;

/**
 * Judges a card, an account or a text, stores it, and says what it is now.
 *
 * @throws VaultError `idempotency_conflict` when this attempt was used for other bytes.
 */
export async function createToken(
  vault: Vault,
  limits: TokenizeLimits,
  input: TokenizeInput,
  plain: Plain,
): Promise<ReplyPlaintext> {
  const taken = !isCard(plain) || (await limits.takeBin(input.claims.tenant, plain.number));
  return taken ? answer(vault, input, plain) : refusal(vault, input);
}

async function answer(vault: Vault, input: TokenizeInput, plain: Plain): Promise<ReplyPlaintext> {
  const now = vault.now();
  const { claims, session, requestId } = input;
  const sql = vault.sql.as('api', claims.tenant);
  const attempt = attemptOf(input);
  const audit = auditOf(input, now);
  const objection = await objectionTo(vault, input, plain, now);
  if (objection !== undefined) {
    const first = await insertRefusal(sql, attempt, objection, audit);
    if (!first) return earlierAnswer(sql, attempt, requestId);
    const { code, field } = objection;
    return { ok: false, error: errorOf(code, { field: field || undefined, requestId }) };
  }
  const forget = () => {
    vault.keys.forget(claims.tenant);
    vault.codeKeys.forget();
  };
  return storeSealed(forget, async () => {
    const customer = session?.customer ?? null;
    const stored = isCard(plain)
      ? await sealCard(
          vault,
          claims,
          { customer, binDigits: binDigitsOf(claims, session) },
          plain,
          now,
        )
      : await sealSecret(vault, claims, customer, plain, now);
    if (await insertRecord(sql, attempt, stored, audit))
      return { ok: true, token: tokenOf(stored.token) };
    const earlier = await findAnswer(sql, attempt);
    return earlier && sameAnswer(earlier, attempt, requestId);
  });
}

/** A text's rule is asked for with each text: who ends one ends it on every node at once. */
async function objectionTo(
  { mode, sql }: Vault,
  { claims: { tenant }, session }: TokenizeInput,
  plain: Plain,
  now: number,
): Promise<Objection | undefined> {
  if (isCard(plain)) return judgeCard(plain, mode, now, session);
  const policy =
    'text' in plain ? await findTextPolicy(sql.as('api', tenant), tenant, plain.policy) : undefined;
  return judgeSecret(plain, policy, session);
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
  return { ok: false, error: errorOf(code, { field: error.field || undefined, requestId }) };
}
