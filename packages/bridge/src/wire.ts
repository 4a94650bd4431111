import * as z from 'zod/mini';

const Id = z.string().check(z.minLength(1), z.maxLength(64));

/**
 * The only request that passes a guard. Comlink itself would also obey GET, SET, CONSTRUCT,
 * ENDPOINT, RELEASE, paths of any depth through inherited names, and handlers that turn into the
 * peer's own callbacks; none of these can be written in this shape.
 */
export const Request = z.strictObject({
  id: Id,
  type: z.literal('APPLY'),
  path: z.tuple([z.string().check(z.maxLength(32))]),
  argumentList: z
    .array(z.strictObject({ type: z.literal('RAW'), value: z.unknown() }))
    .check(z.maxLength(4)),
});
export type Request = z.infer<typeof Request>;

/** The only reply that passes: a plain value. A HANDLER would become a proxy to the peer's code. */
export const Reply = z.strictObject({ id: Id, type: z.literal('RAW'), value: z.unknown() });

/** What travels inside a reply, so that a failure needs no `throw` handler and carries no stack. */
export const Outcome = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.optional(z.unknown()) }),
  z.strictObject({ ok: z.literal(false), code: z.enum(['internal', 'refused']) }),
]);
export type Outcome = z.infer<typeof Outcome>;
