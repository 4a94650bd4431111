import { type ErrorCode, ErrorCodeSchema } from '@hushfield/contract/errors';
import { CodeReplyPlaintext, ReplyPlaintext, RevealReplyPlaintext } from '@hushfield/contract/http';
import { revealByGrant } from '../grants/reveal-by-grant.ts';
import { collectCode } from '../codes/collect-code.ts';
import type { TokenizeLimits } from '../limits/tokenize-limits.ts';
import type { Vault } from '../vault.ts';
import type { TokenizeInput } from './attempt.ts';
import { createToken } from './create-token.ts';
import { openSealed, type Sealable } from './open-sealed.ts';
import { isCard, isCode, type TokenType, typeOf } from './token-kind.ts';

/** What goes out, and what it says, which only the inside may know. */
type SealedAnswer = {
  readonly what: TokenType | 'code' | 'grant';
  readonly outcome: 'ok' | ErrorCode;
  readonly sealed: string;
};

/**
 * Opens what a frame has sealed, a card, another secret, the security code of a token or a grant to show one, and answers
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
  const reply = await replyTo(vault, limits, input, plaintext);
  const sealed = opened.sealReply(Buffer.from(JSON.stringify(reply)));
  return {
    what: whatOf(plaintext),
    outcome: reply.ok ? 'ok' : ErrorCodeSchema.parse(reply.error.code),
    sealed: Buffer.from(sealed).toString('base64url'),
  };
}

async function replyTo(
  vault: Vault,
  limits: TokenizeLimits,
  input: TokenizeInput,
  plain: Sealable,
): Promise<ReplyPlaintext | CodeReplyPlaintext | RevealReplyPlaintext> {
  if ('grant' in plain) return RevealReplyPlaintext.parse(await revealByGrant(vault, input, plain));
  if (isCode(plain)) return CodeReplyPlaintext.parse(await collectCode(vault, input, plain));
  return ReplyPlaintext.parse(await createToken(vault, limits, input, plain));
}

function whatOf(plain: Sealable): SealedAnswer['what'] {
  if ('grant' in plain) return 'grant';
  if (isCode(plain)) return 'code';
  return isCard(plain) ? 'card' : typeOf(plain);
}
