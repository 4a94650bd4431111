import * as z from 'zod/mini';

/** What travels inside a reply, so that a failure needs no `throw` handler and carries no stack. */
export const Outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.optional(z.unknown()) }),
  z.strictObject({ ok: z.literal(false), code: z.enum(['internal', 'refused']) }),
]);
export type Outcome = z.infer<typeof Outcome>;
