import { asciiDigits } from './digits.ts';

// Direction marks, joiners and the byte order mark: invisible, and pasted along with dates.
const INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const SEPARATORS = /[\s./\\|,_\p{Pd}\u2212／．]+/gu;

/** Drops what cannot be seen and writes digits in ASCII; separators and letters stay. */
export function visibleExpiry(text: string): string {
  return asciiDigits(text.replace(INVISIBLE, ''));
}

/** Writes each run of separators as one slash. */
export function slashed(text: string): string {
  return text.replace(SEPARATORS, '/');
}
