import * as z from 'zod/mini';
import { Id } from './reply.ts';

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
