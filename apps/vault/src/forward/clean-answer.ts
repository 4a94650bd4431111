import type { DestinationRecord } from '@hushfield/contract/api';
import type { Incoming } from '../egress/send.ts';
import { isSecret } from './parts-of.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import type { WrittenBody } from './write-request.ts';

/** An answer as it may be handed on and kept: nothing of what was sent of cards is in it any more. */
export function cleanAnswer(
  incoming: Incoming,
  record: Pick<DestinationRecord, 'answerHeaders'>,
  sent: WrittenBody['sent'],
): Answer {
  const answer = readAnswer(incoming, record);
  const secrets = sent.flatMap(({ field, text }) => (isSecret(field) ? [text] : []));
  const echoes = (text: string) => secrets.some((secret) => text.includes(secret));
  const body = answer.body !== null && echoes(answer.body) ? null : answer.body;
  const scrubbed = body !== answer.body;
  return scrubbed ? { ...answer, body, withheld: 'echo', scrubbed } : answer;
}
