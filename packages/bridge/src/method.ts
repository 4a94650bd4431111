import type * as z from 'zod/mini';

/** One remote method: schemas of its arguments (a tuple) and result, and a caller's patience in ms. */
export type Method = {
  readonly args: z.ZodMiniType<unknown[], unknown[]>;
  readonly result: z.ZodMiniType;
  readonly timeoutMs: number;
};

/** The methods one side of a port answers. Only its own keys exist; nothing is inherited. */
export type Contract = Readonly<Record<string, Method>>;
