import type * as z from 'zod/mini';

/**
 * One remote method: schemas of its arguments (a tuple) and result, and a caller's patience in ms. Arguments are
 * judged by whoever answers; one who only calls need not carry their schema.
 */
export type Method = {
  readonly args?: z.ZodMiniType<unknown[], unknown[]>;
  readonly result: z.ZodMiniType;
  readonly timeoutMs: number;
};

/** The methods one side of a port answers. Only its own keys exist; nothing is inherited. */
export type Contract = Readonly<Record<string, Method>>;

/** A contract as it is answered. */
export type Answered = Readonly<Record<string, Required<Method>>>;
