import * as z from 'zod/mini';
import type { ObjectMaker } from '../object-maker.ts';

const nothing = z.undefined();
const yes = z.boolean();

/** What a field answers the SDK, and how long that waits (ms). Nothing here gives a value out. */
export function fieldAnswers(object: ObjectMaker) {
  return {
    configure: {
      result: object({
        height: z.int().check(z.minimum(0), z.maximum(2000)),
        title: z.string().check(z.maxLength(200)),
      }),
      timeoutMs: 5_000,
    },
    focus: { result: yes, timeoutMs: 2_000 },
    blur: { result: nothing, timeoutMs: 2_000 },
    clear: { result: nothing, timeoutMs: 2_000 },
    setError: { result: nothing, timeoutMs: 2_000 },
    join: { result: yes, timeoutMs: 10_000 },
  } as const;
}
