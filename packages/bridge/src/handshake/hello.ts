import * as z from 'zod/mini';
import { Version } from './words.ts';

/** The hello of one frame, and of no other. */
export const helloOf = (role: string, sid: string) =>
  z.strictObject({
    v: Version,
    type: z.literal('hello'),
    role: z.literal(role),
    sid: z.literal(sid),
    /** The frame will not run here, and why; the page side then rejects with this word. */
    refuse: z.optional(z.string().check(z.regex(/^[a-z_]{1,32}$/))),
  });
