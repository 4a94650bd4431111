import { judgeNumber, luhn } from '@hushfield/card';
import type { Grouped, Secret, Sought } from './echo-secrets.ts';
import type { View } from './echo-views.ts';
import { findWhole } from './find-whole.ts';
import { placesOf } from './places-of.ts';

/** What was found: a secret of the request, or a card number that was not in it. */
export type Found = Secret['kind'] | 'other_number';

/** Told of each piece of an echo: from which sign of a view to before which. */
export type Mark = (kind: Found, start: number, end: number) => void;

/** Looks through one reading of an answer. */
export function findEchoes(view: View, sought: Sought, mark: Mark): void {
  const numbers: number[] = [];
  for (const [kind, first, last] of findGrouped(view.text, sought.grouped, mark))
    if (kind === 'number') numbers.push(first, last);
  numbers.sort((one, other) => one - other);
  for (const { kind, text } of sought.exact) findExact(view.text, text, kind, mark);
  findWhole(view.text, sought.whole, numbers, mark);
  const own = new Set(sought.grouped.map(({ signs }) => signs));
  findOthers(view.text, (found) => {
    if (own.has(found.number) || (view.isWritten && isOfIdentifier(view.text, found))) return;
    for (const { at, digits } of found.groups) mark('other_number', at, at + digits.length);
  });
}

/** How far a word is read, in signs: less than what is seen around a block. */
const WORD = 64;

/**
 * Whether a number is part of a word that has other digits and letters besides, as ids are: in hex, one in some thousands
 * holds a number of a card by chance, and whoever gets it back with a hole can neither capture nor refund. A word of
 * letters alone beside a number (`B4…^` of a magnetic stripe, `pan4…`) is no id.
 */
function isOfIdentifier(text: string, { groups }: Other): boolean {
  const [first, last] = [groups[0], groups.at(-1)];
  if (first === undefined || last === undefined) return false;
  const before = text.slice(Math.max(0, first.at - WORD), first.at);
  const end = last.at + last.digits.length;
  const behind = text.slice(end, end + WORD);
  const rest = `${/[0-9A-Za-z]*$/.exec(before)?.[0]}${/^[0-9A-Za-z]*/.exec(behind)?.[0]}`;
  return /\d/.test(rest) && /[A-Za-z]/.test(rest);
}

/** Of echoes that overlap each sign is marked once: else a secret of one sign costs its length for each sign. */
function findExact(text: string, wanted: string, kind: Secret['kind'], mark: Mark): void {
  let done = 0;
  for (const at of placesOf(text, wanted)) {
    const end = at + wanted.length;
    mark(kind, Math.max(at, done), end);
    done = end;
  }
}

const MOST_BETWEEN = 3;

/**
 * Secrets with up to three signs between any two of theirs. Marked are their own signs alone: what stands between may
 * be the quotes and commas of a list. Gives where each begins and ends.
 */
function* findGrouped(
  text: string,
  wanted: readonly Grouped[],
  mark: Mark,
): Generator<readonly [kind: Secret['kind'], first: number, last: number]> {
  if (wanted.length === 0) return;
  const { signs, places, breaks } = squeezed(text);
  for (const { kind, signs: own } of wanted) {
    let done = 0;
    for (const at of placesOf(signs, own)) {
      const last = at + own.length - 1;
      if (breaks[at] !== breaks[last]) continue;
      for (let each = Math.max(at, done); each <= last; each++) {
        const place = places[each] ?? 0;
        mark(kind, place, place + 1);
      }
      done = last + 1;
      yield [kind, places[at] ?? 0, places[last] ?? 0];
    }
  }
}

/** Letters and digits alone; `breaks` counts the gaps before each that are too wide. */
function squeezed(text: string) {
  const signs = Buffer.alloc(text.length);
  const places = new Int32Array(text.length);
  const breaks = new Int32Array(text.length);
  let [size, gap, broken] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = upperOf(text.charCodeAt(at));
    if (sign === 0) {
      // Bytes of UTF-8 that go on are of the sign before.
      if ((text.charCodeAt(at) & 0xc0) !== 0x80) gap += 1;
      continue;
    }
    if (gap > MOST_BETWEEN) broken += 1;
    gap = 0;
    places[size] = at;
    breaks[size] = broken;
    signs[size++] = sign;
  }
  return { signs: signs.toString('latin1', 0, size), places, breaks };
}

function upperOf(sign: number): number {
  if ((sign >= 0x30 && sign <= 0x39) || (sign >= 0x41 && sign <= 0x5a)) return sign;
  return sign >= 0x61 && sign <= 0x7a ? sign - 0x20 : 0;
}

const GROUP = /\d+/g;
/** As numbers are printed on cards; a comma is of amounts and lists. A no-break space is two bytes. */
const BETWEEN = /^(?:[ \t\-._/+]|\xc2\xa0|\xe2\x80[\x90-\x95\xaf]){1,3}$/;
const FEWEST = 12;
const MOST = 19;
const LEAST_GROUP = 3;

/**
 * Card numbers that we did not send: 12 to 19 digits of a known network that satisfy Luhn, and with no digit right
 * before or behind. In one row, or in groups of three and more with the same sign between all. A window of a longer row is none: one in a few
 * of those would be, by chance.
 */
function findOthers(text: string, tell: Tell): void {
  let row: Group[] = [];
  let between = '';
  let end = 0;
  for (const { 0: digits, index: at } of text.matchAll(GROUP)) {
    const gap = text.slice(end, Math.min(at, end + 10));
    const isNext = at - end < 10 && row.length > 0 && BETWEEN.test(gap);
    if (!isNext || digits.length < LEAST_GROUP) row = [];
    else if (row.length > 1 && gap !== between) row = row.slice(-1);
    between = gap;
    end = at + digits.length;
    if (digits.length < LEAST_GROUP) continue;
    row.push({ at, digits });
    if (row.length > MOST / LEAST_GROUP) row.shift();
    judgeEndings(row, tell);
  }
}

/** Digits in a row, and where they begin. */
type Group = { readonly at: number; readonly digits: string };
type Other = { readonly number: string; readonly groups: readonly Group[] };
type Tell = (found: Other) => void;

/** Every card number that the last groups of a row are. */
function judgeEndings(row: readonly Group[], tell: Tell): void {
  let number = '';
  for (let first = row.length - 1; first >= 0; first--) {
    number = `${row[first]?.digits ?? ''}${number}`;
    if (number.length > MOST) return;
    if (number.length < FEWEST || !isCard(number)) continue;
    tell({ number, groups: row.slice(first) });
  }
}

function isCard(digits: string): boolean {
  if (!luhn(digits)) return false;
  const { valid, brand } = judgeNumber(digits);
  return valid && brand !== 'unknown';
}
