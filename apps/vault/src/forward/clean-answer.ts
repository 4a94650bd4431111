import type { DestinationRecord, ForwardField } from '@hushfield/contract/api';
import type { Incoming } from '../egress/send.ts';
import type { Secret } from './echo-secrets.ts';
import { type Answer, readAnswer } from './read-answer.ts';
import { scrubAnswer } from './scrub-answer.ts';
import type { Steps } from './pointer.ts';
import type { WrittenBody } from './write-request.ts';

const KINDS: Readonly<Partial<Record<ForwardField, Secret['kind']>>> = {
  number: 'number',
  cvc: 'code',
  iban: 'iban',
  accountNumber: 'account',
  text: 'text',
};

/**
 * An answer as it may be handed on and kept: what was sent of cards, and any other card number, is taken out of its
 * body and of the headers that are handed on.
 */
export function cleanAnswer(
  incoming: Incoming,
  record: Pick<DestinationRecord, 'answerHeaders'>,
  sent: WrittenBody['sent'],
): Answer {
  const scrubber = scrubAnswer(sent.flatMap(secretOf));
  const body = scrubber.whole(incoming.body);
  const handed = incoming.headers.filter(([name]) => record.answerHeaders.includes(name));
  const headers = handed.map(([name, value]): [string, string] => [
    name,
    scrubber.header(name, value),
  ]);
  const answer = readAnswer({ ...incoming, body }, headers);
  return { ...answer, scrubbed: scrubber.found().length > 0 };
}

function secretOf({ field, text: value, steps }: WrittenBody['sent'][number]): Secret[] {
  const kind = KINDS[field];
  return kind === undefined ? [] : [{ kind, value, names: namesOf(steps) }];
}

/** As it is called alone, and with all that it lies in. */
function namesOf(steps: Steps): string[] {
  return [steps.at(-1) ?? '', steps.join('.')];
}
