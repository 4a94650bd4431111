import * as z from 'zod/mini';
import type { ObjectMaker } from '../object-maker.ts';

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

/** What the controller answers the SDK, over its tokens and errors, and how long that waits (ms). */
export function controllerAnswers<
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
    tokenize: { result: resultOf(object, token, error), timeoutMs: 40_000 },
    collectCode: { result: resultOf(object, collected, error), timeoutMs: 40_000 },
    reveal: { result: resultOf(object, revealed, error), timeoutMs: 40_000 },
    session: { result: z.undefined(), timeoutMs: 2_000 },
    abort: { result: z.undefined(), timeoutMs: 2_000 },
  } as const;
}
