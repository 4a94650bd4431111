import type { Verdict } from './verdict.ts';

const LONGEST = 64;

// Twelve digits without a letter between them, whatever else stands there: a card number typed or
// autofilled into the wrong field would be kept, shown and logged as a name.
const HIDDEN_NUMBER = /(?:\p{Nd}[^\p{L}\p{Nd}]*){12}/u;

// Control characters, line ends, lone surrogates and direction overrides; the last would let a name
// rewrite what stands around it on an operator's screen.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/**
 * Judges a cardholder's name: 1 to 64 code points in NFC, trimmed, of any script; no control
 * characters or direction overrides, and nothing that may be a card number.
 *
 * @example judgeName('Zoë Ångström') // { valid: true, potentiallyValid: true }
 */
export function judgeName(text: string): Verdict {
  const name = text.trim().normalize('NFC');
  const sound = !UNPRINTABLE.test(name) && [...name].length <= LONGEST && !HIDDEN_NUMBER.test(name);
  return { valid: sound && name !== '', potentiallyValid: sound };
}
