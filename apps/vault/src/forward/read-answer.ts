import type { DestinationRecord } from '@hushfield/contract/api';
import * as z from 'zod';
import type { Incoming } from '../egress/send.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const PRINTABLE = /^[ -~]{0,2000}$/;

/** What is kept of an answer, and told. */
export const Answer = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  withheld: z.enum(['encoding', 'not_utf8', 'echo']).nullable(),
  scrubbed: z.boolean(),
});
export type Answer = z.infer<typeof Answer>;

/**
 * An answer as far as it can be looked through: the headers that are handed on, and a body that is text. A body in
 * an encoding nobody asked for, or that is no UTF-8, is withheld: nothing could be found in it.
 */
export function readAnswer(
  { status, headers, body }: Incoming,
  { answerHeaders }: Pick<DestinationRecord, 'answerHeaders'>,
): Answer {
  const passed = headers.filter(
    ([name, value]) => answerHeaders.includes(name) && PRINTABLE.test(value),
  );
  const answer = { status, headers: Object.fromEntries(passed), scrubbed: false };
  const encodings = headers.filter(([name]) => name === 'content-encoding');
  if (encodings.some(([, value]) => value.trim().toLowerCase() !== 'identity'))
    return { ...answer, body: null, withheld: 'encoding' };
  try {
    return { ...answer, body: UTF8.decode(body), withheld: null };
  } catch {
    return { ...answer, body: null, withheld: 'not_utf8' };
  }
}
