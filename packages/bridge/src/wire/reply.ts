import * as z from 'zod/mini';

export const Id = z.string().check(z.minLength(1), z.maxLength(64));

/** The only reply that passes: a plain value. A HANDLER would become a proxy to the peer's code. */
export const Reply = z.strictObject({ id: Id, type: z.literal('RAW'), value: z.unknown() });
