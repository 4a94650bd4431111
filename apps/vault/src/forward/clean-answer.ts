import type { Credentials, DestinationRecord, ForwardField } from '@hushfield/contract/api';
import type { Incoming } from '../egress/send.ts';
import { type Secret, SHORTEST_EXACT } from './echo-secrets.ts';
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

/** An answer as it may be handed on, and whether card data was in it: what operators are told of. */
export type Cleaned = { readonly answer: Answer; readonly echoes: boolean };

/**
 * An answer as it may be handed on and kept: what was sent of cards, any other card number, and the credentials that
 * the vault holds for this gateway, are taken out of its body and of the headers that are handed on. A gateway that
 * repeats a request in its refusal would else hand out, and have us keep, what nobody may read.
 */
export function cleanAnswer(
  incoming: Incoming,
  record: Pick<DestinationRecord, 'answerHeaders'>,
  credentials: Credentials,
  sent: WrittenBody['sent'],
): Cleaned {
  const scrubber = scrubAnswer([...sent.flatMap(secretOf), ...secretsIn(credentials)]);
  const body = scrubber.whole(incoming.body);
  const handed = incoming.headers.filter(([name]) => record.answerHeaders.includes(name));
  const headers = handed.map(([name, value]): [string, string] => [
    name,
    scrubber.header(name, value),
  ]);
  const answer = readAnswer({ ...incoming, body }, headers);
  const found = scrubber.found();
  return {
    answer: { ...answer, scrubbed: found.length > 0 },
    echoes: found.some((kind) => kind !== 'credential'),
  };
}

function secretOf({ field, text: value, steps }: WrittenBody['sent'][number]): Secret[] {
  const kind = KINDS[field];
  return kind === undefined ? [] : [{ kind, value, names: namesOf(steps) }];
}

/** A shorter one is a word that stands in answers by itself, such as the name of a shop. */
function secretsIn(credentials: Credentials): Secret[] {
  return Object.values(credentials)
    .filter((value) => Buffer.byteLength(value) >= SHORTEST_EXACT)
    .map((value) => ({ kind: 'credential', value }));
}

/** As it is called alone, and with all that it lies in. */
function namesOf(steps: Steps): string[] {
  return [steps.at(-1) ?? '', steps.join('.')];
}
