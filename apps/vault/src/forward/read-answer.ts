import * as z from 'zod';
import type { Incoming } from '../egress/send.ts';
import { isEncoded } from './scrub-answer.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const PRINTABLE = /^[ -~]{0,2000}$/;

/** What is kept of an answer, and told. */
export const Answer = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  withheld: z.enum(['encoding', 'not_utf8']).nullable(),
  scrubbed: z.boolean(),
});
export type Answer = z.infer<typeof Answer>;

/**
 * An answer as far as it can be looked through. A body in an encoding that nobody asked for, or that is no UTF-8, is
 * withheld: nothing could be found in it. So is a header that is no plain line.
 *
 * @param handed - the headers that are handed on.
 */
export function readAnswer(
  { status, headers, body }: Incoming,
  handed: readonly (readonly [string, string])[],
): Omit<Answer, 'scrubbed'> {
  const answer = {
    status,
    headers: Object.fromEntries(handed.filter(([, value]) => PRINTABLE.test(value))),
  };
  if (isEncoded(headers)) return { ...answer, body: null, withheld: 'encoding' };
  try {
    return { ...answer, body: UTF8.decode(body), withheld: null };
  } catch {
    return { ...answer, body: null, withheld: 'not_utf8' };
  }
}
