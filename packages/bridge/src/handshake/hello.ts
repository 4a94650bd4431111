import * as z from 'zod/mini';
import { Sid, Version } from './words.ts';

export const Hello = z.strictObject({
  v: Version,
  type: z.literal('hello'),
  role: z.string().check(z.regex(/^[a-z]{1,16}$/)),
  sid: Sid,
  /** The frame will not run here, and why; the page side then rejects with this word. */
  refuse: z.optional(z.string().check(z.regex(/^[a-z_]{1,32}$/))),
});
