import * as z from 'zod/mini';
import { method } from '../method.ts';
import { SessionText } from '../session-text.ts';
import type { ObjectMaker } from '../object-maker.ts';
import { GrantText } from '../grant-text.ts';
import { TokenId } from '../token-shape.ts';
import { ElementType } from './names.ts';

const Elements = z.array(ElementType).check(z.minLength(1), z.maxLength(8));

/** A token, or why there is none. */
function resultOf<T extends z.ZodMiniType, E extends z.ZodMiniType>(
  object: ObjectMaker,
  token: T,
  error: E,
) {
  return z.discriminatedUnion('ok', [
    object({ ok: z.literal(true), token }),
    object({ ok: z.literal(false), error }),
  ]);
}

/** What the SDK may ask of the controller, over the tokens and errors it may be answered with. */
export function controllerContract<
  T extends z.ZodMiniType,
  C extends z.ZodMiniType,
  R extends z.ZodMiniType,
  E extends z.ZodMiniType,
>({
  object,
  token,
  collected,
  revealed,
  error,
}: {
  readonly object: ObjectMaker;
  readonly collected: C;
  readonly revealed: R;
  readonly token: T;
  readonly error: E;
}) {
  return {
    /** Seals what the named elements hold and trades it for a token; never throws for what a shopper can cause. */
    tokenize: method({
      args: z.tuple([z.strictObject({ elements: Elements, session: z.optional(SessionText) })]),
      result: resultOf(object, token, error),
      timeoutMs: 40_000,
    }),
    /** The same for a security code alone, which goes to a token that there is already. */
    collectCode: method({
      args: z.tuple([
        z.strictObject({ token: TokenId, elements: Elements, session: z.optional(SessionText) }),
      ]),
      result: resultOf(object, collected, error),
      timeoutMs: 40_000,
    }),
    /** Has what a grant is for shown in the group's `reveal` and `copyButton` elements. */
    reveal: method({
      args: z.tuple([z.strictObject({ grant: GrantText, session: z.optional(SessionText) })]),
      result: resultOf(object, revealed, error),
      timeoutMs: 40_000,
    }),
    /** Gives up the call under way; it then answers `aborted`. */
    abort: method({ args: z.tuple([]), result: z.undefined(), timeoutMs: 2_000 }),
  } as const;
}
