import type * as z from 'zod/mini';

/** One remote method: what may go in, what may come out, and how long a caller waits (ms). */
export type Method<
  Args extends z.ZodMiniType<unknown[], unknown[]> = z.ZodMiniType<unknown[], unknown[]>,
  Result extends z.ZodMiniType = z.ZodMiniType,
> = { readonly args: Args; readonly result: Result; readonly timeoutMs: number };

/** Keeps the literal schema types of a method declaration. */
export function method<
  Args extends z.ZodMiniType<unknown[], unknown[]>,
  Result extends z.ZodMiniType,
>(declaration: Method<Args, Result>): Method<Args, Result> {
  return Object.freeze(declaration);
}
