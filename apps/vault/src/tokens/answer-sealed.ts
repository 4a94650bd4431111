import { type ErrorCode, ErrorCodeSchema } from '@hushfield/contract/errors';
import { CodeReplyPlaintext, ReplyPlaintext } from '@hushfield/contract/http';
import { collectCode } from '../codes/collect-code.ts';
import type { TokenizeLimits } from '../limits/tokenize-limits.ts';
import type { Vault } from '../vault.ts';
import type { TokenizeInput } from './attempt.ts';
import { createToken } from './create-token.ts';
import { openSealed, type Sealable } from './open-sealed.ts';
import { isCard, isCode, type TokenType, typeOf } from './token-kind.ts';

/** What goes out, and what it says, which only the inside may know. */
type SealedAnswer = {
  readonly what: TokenType | 'code';
  readonly outcome: 'ok' | ErrorCode;
  readonly sealed: string;
};

/**
 * Opens what a frame has sealed, a card, another secret or the security code of a token, and answers
 * inside the seal: what the vault thinks of it stays between it and the frame, in an answer of constant
 * size, and nobody on the way can tell which of them it was.
 *
 * @throws VaultError `invalid_request` when the seal does not open; `idempotency_conflict` when this
 * attempt was used for other bytes.
 */
export async function answerSealed(
  vault: Vault,
  limits: TokenizeLimits,
  input: TokenizeInput,
): Promise<SealedAnswer> {
  const secret = await vault.receiveKeys.find(input.request.kid);
  const opened = openSealed(secret, input);
  const { plaintext } = opened;
  const reply = isCode(plaintext)
    ? CodeReplyPlaintext.parse(await collectCode(vault, input, plaintext))
    : ReplyPlaintext.parse(await createToken(vault, limits, input, plaintext));
  const sealed = opened.sealReply(Buffer.from(JSON.stringify(reply)));
  return {
    what: whatOf(plaintext),
    outcome: reply.ok ? 'ok' : ErrorCodeSchema.parse(reply.error.code),
    sealed: Buffer.from(sealed).toString('base64url'),
  };
}

function whatOf(plain: Sealable): SealedAnswer['what'] {
  if (isCode(plain)) return 'code';
  return isCard(plain) ? 'card' : typeOf(plain);
}
