import { asciiDigits } from './digits.ts';
import type { Verdict } from './verdict.ts';

const LONGEST = 11;
/** Whatever stands for a hyphen on some keyboard; the last is the long vowel of Japanese ones. */
const DASHES = /[\p{Pd}\u2212\u30fc]/gu;
// Latin letters and digits with single gaps between: what postal codes are made of (UPU S42), in every
// country that has them, and too little for a card number.
const SOUND = /^[A-Z0-9]+(?:[ -][A-Z0-9]+)*$/;

/**
 * Writes a postal code as an address has it: ASCII, capitals, one gap where there were several.
 *
 * @example postalCodeOf(' sw1a  1aa ') // 'SW1A 1AA'
 */
export function postalCodeOf(text: string): string {
  const plain = asciiDigits(text.normalize('NFKC')).replace(DASHES, '-');
  return plain.trim().replace(/\s+/gu, ' ').toUpperCase();
}

/**
 * Judges a postal code of any country: 2 to 11 letters and digits, with single spaces or hyphens between
 * them. Whether the country has it, the gateway tells.
 *
 * @example judgePostalCode('80331') // { valid: true, potentiallyValid: true }
 */
export function judgePostalCode(text: string): Verdict {
  const code = postalCodeOf(text);
  const sound = code.length <= LONGEST && (code === '' || SOUND.test(code.replace(/[ -]$/, '')));
  return { valid: sound && code.length >= 2 && SOUND.test(code), potentiallyValid: sound };
}
