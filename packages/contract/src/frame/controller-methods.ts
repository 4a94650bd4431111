import * as z from 'zod/mini';
import { ErrorShape } from '../errors/codes.ts';
import { method } from '../method.ts';
import { SessionText } from '../session-text.ts';
import { CollectedToken, Token, TokenId } from '../token.ts';
import { ElementType } from './names.ts';

const Elements = z.array(ElementType).check(z.minLength(1), z.maxLength(8));

/** A token, or why there is none. */
function resultOf<T extends z.ZodMiniType>(token: T) {
  return z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), token }),
    z.strictObject({ ok: z.literal(false), error: ErrorShape }),
  ]);
}

export const TokenizeResult = resultOf(Token);
export type TokenizeResult = z.infer<typeof TokenizeResult>;

export const CollectCodeResult = resultOf(CollectedToken);
export type CollectCodeResult = z.infer<typeof CollectCodeResult>;

/** What the SDK may ask of the controller. */
export const controllerMethods = {
  /** Seals what the named elements hold and trades it for a token; never throws for what a shopper can cause. */
  tokenize: method({
    args: z.tuple([z.strictObject({ elements: Elements, session: z.optional(SessionText) })]),
    result: TokenizeResult,
    timeoutMs: 40_000,
  }),
  /** The same for a security code alone, which goes to a token that there is already. */
  collectCode: method({
    args: z.tuple([
      z.strictObject({ token: TokenId, elements: Elements, session: z.optional(SessionText) }),
    ]),
    result: CollectCodeResult,
    timeoutMs: 40_000,
  }),
  /** Gives up the call under way; it then answers `aborted`. */
  abort: method({ args: z.tuple([]), result: z.undefined(), timeoutMs: 2_000 }),
} as const;
