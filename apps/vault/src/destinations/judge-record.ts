import { type Credentials, type DestinationRecord, FORWARD_FIELDS } from '@hushfield/contract/api';
import { overlap } from '../forward/pointer.ts';

/** Framing, routing and what the vault says for itself: whoever sets them can make one request into two. */
const NEVER =
  /^(?:host|content-.*|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive|accept-encoding|accept|cookie|set-cookie.*|user-agent|http2-settings|proxy-.*|forwarded|x-forwarded-.*)$/;

/**
 * What is wrong with a record, in a sentence; nothing where nothing is. Beyond its form: what it lets pass must
 * not be what it puts in, and every credential it names must be there and be used.
 */
export function faultOf(record: DestinationRecord, given: Credentials): string | undefined {
  const { inject, headers, answerHeaders } = record;
  const set = Object.keys(inject.headers);
  if ([...headers, ...set].some((name) => NEVER.test(name)))
    return 'A header is named that is not to be set.';
  if (answerHeaders.some((name) => /^(?:set-cookie.*|authorization)$/.test(name)))
    return 'A header of the answer is named that is not to be handed on.';
  if (headers.some((name) => set.includes(name))) return 'A header is both let through and put in.';
  return faultOfPlaces(record) ?? faultOfCredentials(record, given);
}

function faultOfPlaces({ fields, body, inject, amount }: DestinationRecord): string | undefined {
  const ours = Object.keys(inject.body);
  const cards = FORWARD_FIELDS.flatMap((field) => fields[field] ?? []);
  const own = [...cards, ...ours, ...(amount === undefined ? [] : Object.values(amount))];
  if (own.some((place) => place.includes('*'))) return 'Only body may name all beneath a place.';
  if (body.some((rule) => rule.slice(0, -1).includes('*'))) return 'A star stands at an end alone.';
  if (cards.some((place) => ours.some((each) => overlap(each, place))))
    return 'A place is both put in and for a part of a card.';
  const twice = ours.some((one, at) => ours.slice(at + 1).some((other) => overlap(one, other)));
  if (twice) return 'A place that is put in lies within another.';
  const named = body.filter((rule) => !rule.endsWith('*'));
  if (named.some((rule) => ours.some((each) => overlap(each, rule))))
    return 'A place is both let through and put in.';
  return undefined;
}

function faultOfCredentials({ inject }: DestinationRecord, given: Credentials): string | undefined {
  const all = [...Object.values(inject.headers), ...Object.values(inject.body)];
  const named = new Set(all.flatMap((each) => ('credential' in each ? [each.credential] : [])));
  const brought = Object.keys(given);
  const whole = [...named].every((name) => brought.includes(name));
  return whole && brought.length === named.size
    ? undefined
    : 'The credentials are not exactly those that the record names.';
}
