import * as z from 'zod/mini';
import { Sid } from './sid.ts';
import { Version } from './words.ts';

export const Join = z.strictObject({
  type: z.literal('join'),
  protocol: Version,
  key: z.string().check(z.maxLength(128)),
  sid: Sid,
  member: z.string().check(z.regex(/^[A-Za-z]{1,32}$/)),
});
export type Join = z.infer<typeof Join>;
