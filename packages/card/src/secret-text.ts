import { asciiDigits, digitsOf } from './digits.ts';
import { judgeNumber } from './number.ts';
import type { Verdict } from './verdict.ts';

/** What a secret text may be made of. */
export const ALPHABETS = ['digits', 'alphanumeric', 'printable', 'text'] as const;
export type Alphabet = (typeof ALPHABETS)[number];

/** A rule for a secret text, which only a server gives. Lengths in code points. */
export type TextRule = {
  readonly alphabet: Alphabet;
  readonly minLength: number;
  readonly maxLength: number;
};

const MADE_OF: Readonly<Record<Alphabet, RegExp>> = {
  digits: /^\d*$/,
  alphanumeric: /^[0-9A-Za-z]*$/,
  printable: /^[ -~]*$/,
  // No digits of scripts that nobody here reads, nor signs that cannot be seen: a number could hide in them.
  text: /^(?:[0-9]|[^\p{C}\p{Nd}\p{Zl}\p{Zp}])*$/u,
};

/** A secret text as it is kept: composed, without space at its ends, digits as ASCII. */
export function secretTextOf(text: string, { alphabet }: Pick<TextRule, 'alphabet'>): string {
  return asciiDigits(text.normalize(alphabet === 'text' ? 'NFC' : 'NFKC')).trim();
}

/** What may be a security code or a PIN, and may not be kept (PCI DSS 3.3). */
const THREE_OR_FOUR = /^\d{3,4}$/;

/**
 * Judges a secret text by its rule. None may be a card number, whatever the rule: a card belongs where a
 * card's rules hold. Nor three or four digits alone.
 *
 * @param text - as {@link secretTextOf} writes it.
 */
export function judgeSecretText(
  text: string,
  { alphabet, minLength, maxLength }: TextRule,
): Verdict {
  const { length } = [...text];
  const sound = MADE_OF[alphabet].test(text) && length <= maxLength;
  const refused = THREE_OR_FOUR.test(text) || isCardNumber(text);
  const valid = sound && length >= Math.max(minLength, 1) && !refused;
  return { valid, potentiallyValid: valid || (sound && length < maxLength) };
}

function isCardNumber(text: string): boolean {
  const { valid, brand } = judgeNumber(digitsOf(text));
  return valid && brand !== 'unknown';
}
