import * as z from 'zod/mini';
import { ErrorShape } from '../errors/codes.ts';
import { method } from '../method.ts';
import { SessionText } from '../session-text.ts';
import { Token } from '../token.ts';
import { ElementType } from './names.ts';

export const TokenizeResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), token: Token }),
  z.strictObject({ ok: z.literal(false), error: ErrorShape }),
]);
export type TokenizeResult = z.infer<typeof TokenizeResult>;

/** What the SDK may ask of the controller. */
export const controllerMethods = {
  /** Seals what the named elements hold and trades it for a token; never throws for what a shopper can cause. */
  tokenize: method({
    args: z.tuple([
      z.strictObject({
        elements: z.array(ElementType).check(z.minLength(1), z.maxLength(8)),
        session: z.optional(SessionText),
      }),
    ]),
    result: TokenizeResult,
    timeoutMs: 40_000,
  }),
  /** Gives up the tokenize call under way; it then answers `aborted`. */
  abort: method({ args: z.tuple([]), result: z.undefined(), timeoutMs: 2_000 }),
} as const;
