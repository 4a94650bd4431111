import { judgeCode } from '@hushfield/card';
import { ErrorCodeSchema, errorOf } from '@hushfield/contract/errors';
import { Brand, type CodePlaintext, type CodeReplyPlaintext } from '@hushfield/contract/http';
import { attemptOf, auditOf, requireSame, type TokenizeInput } from '../tokens/attempt.ts';
import { storeSealed } from '../tokens/store-sealed.ts';
import { type Answered, findAnswer } from '../tokens/token-store.ts';
import type { Vault } from '../vault.ts';
import { insertCode } from './code-store.ts';
import { sealCode } from './seal-code.ts';

/**
 * Puts a security code beside a card that is a token already: it was typed again, since none is kept for
 * longer than an hour. The page that asks learns whether there is such a token for its key, and no more.
 *
 * @throws VaultError `idempotency_conflict` when this attempt was used for other bytes.
 */
export async function collectCode(
  vault: Vault,
  input: TokenizeInput,
  { token, cvc }: CodePlaintext,
): Promise<CodeReplyPlaintext> {
  const { claims, session, requestId } = input;
  const { codeKeys } = vault;
  const now = vault.now();
  const sql = vault.sql.as('api', claims.tenant);
  const attempt = attemptOf(input);
  const { mode } = claims;
  const asked = { tokenId: token, mode, brands: brandsWith(cvc), customer: session?.customer };
  const forget = () => codeKeys.forget();
  return storeSealed(forget, async () => {
    // Sealed also for a token that may be missing: no answer is to come sooner for that.
    const sealed = await sealCode(codeKeys, { tenant: claims.tenant, tokenId: token }, cvc, now);
    const outcome = await insertCode(sql, attempt, { ...asked, ...sealed }, auditOf(input, now));
    if (outcome !== undefined) return replyOf(token, outcome, requestId);
    const earlier = await findAnswer(sql, attempt);
    if (earlier === undefined) return undefined;
    requireSame(earlier, attempt);
    return replyOf(token, refusalIn(earlier), requestId);
  });
}

/** Only the stored card says which brand it is of; the statement that finds it compares. */
function brandsWith(code: string): Brand[] {
  return Brand.options.filter((brand) => judgeCode(code, brand).valid);
}

type Refusal = { readonly error_code: string | null; readonly error_field: string | null };

function refusalIn({ token, error }: Answered): Refusal {
  if (error !== undefined) return { error_code: error.code, error_field: error.field };
  // It was stored, and its token has been deleted since.
  return { error_code: token === undefined ? 'not_found' : null, error_field: null };
}

function replyOf(id: string, { error_code, error_field }: Refusal, requestId: string) {
  if (error_code === null) {
    return { ok: true, token: { id, object: 'token', cvcCollected: true } } as const;
  }
  const code = ErrorCodeSchema.parse(error_code);
  const error = errorOf(code, { field: error_field ?? undefined, requestId });
  return { ok: false, error } as const;
}
