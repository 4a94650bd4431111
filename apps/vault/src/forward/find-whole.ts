import { nameOf, type Whole } from './echo-secrets.ts';
import type { Mark } from './find-echoes.ts';

/** How far a name or a number may stand from a value, in signs. */
export const NEAR = 96;

/*
 * Names under which gateways speak of a security code, and of nothing else that is three or four digits. `code` alone
 * is not among them: a code of 100 would then be taken out of the result of a payment.
 */
const CODE_NAME =
  /(?:cvc|cvv|cvn|csc|cvp|cav|cv2|cvd)2?(?:code|value|number|num)?$|^(?:card)?cid$|securitycode|seccode|securityvalue|verificationvalue|verificationcode|verificationnumber|cardcode$|cryptogram$/;

const QUOTED = /["'>=]\s{0,8}$/;
const BEHIND = /^(?:["'<&;,}\]\r\n\s]|$)/;

/**
 * Secrets that are too short to be looked for anywhere: three digits are in every id. A security code is taken out
 * where it is all of a value under a name that says so, or that it was sent under, and where it stands alone
 * within some signs of its card number; other short secrets where they are all of a quoted value, of a parameter or of an element.
 */
export function findWhole(
  text: string,
  wanted: readonly Whole[],
  numbers: readonly number[],
  mark: Mark,
): void {
  for (const { kind, spellings, names } of wanted) {
    for (const spelling of spellings) {
      for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
        const end = at + spelling.length;
        if (!BEHIND.test(text.slice(end, end + 1)) && !isAlone(text, at, end)) continue;
        const before = text.slice(Math.max(0, at - NEAR), at);
        const isValue = BEHIND.test(text.slice(end, end + 1)) && isNamed(before, names);
        const isBeside = kind === 'code' && isAlone(text, at, end) && isNear(numbers, at, end);
        if (isValue || isBeside) mark(kind, at, end);
      }
    }
  }
}

function isNamed(before: string, names: Whole['names']): boolean {
  if (names === 'any') return QUOTED.test(before.slice(-9));
  const name = nameOf(nameBefore(before));
  return name !== '' && (names.has(name) || CODE_NAME.test(name));
}

const NAME_SIGN = /[\w.:[\]-]/;

/**
 * The name that a value belongs to: of a member of JSON, of a parameter or header, of an attribute or element, or the word before.
 * Read backwards by hand: an expression would go over the same signs from every beginning.
 */
function nameBefore(before: string): string {
  let end = backOver(before, before.length, /["'\s]/);
  const divider = before.charAt(end - 1);
  if (divider === '>') return /^<([\w:.-]+)/.exec(before.slice(before.lastIndexOf('<')))?.[1] ?? '';
  if (divider === ':' || divider === '=') end = backOver(before, end - 1, /["'\s]/);
  else if (end === before.length) return '';
  return before.slice(backOver(before, end, NAME_SIGN), end);
}

function backOver(text: string, from: number, sign: RegExp): number {
  let at = from;
  while (at > 0 && sign.test(text.charAt(at - 1))) at -= 1;
  return at;
}

function isAlone(text: string, at: number, end: number): boolean {
  return !/[0-9A-Za-z]/.test(`${text.charAt(at - 1)}${text.charAt(end)}`);
}

/** @param numbers - where a card number begins or ends, in rising order. */
function isNear(numbers: readonly number[], at: number, end: number): boolean {
  // The first that begins behind this value less the distance.
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < at - NEAR) low = middle + 1;
    else high = middle;
  }
  return low < numbers.length && (numbers[low] ?? 0) <= end + NEAR;
}
