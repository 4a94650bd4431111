import { type Brand, brandRule, detectBrand, longestLength } from './brand.ts';
import { luhn } from './luhn.ts';
import type { Verdict } from './verdict.ts';

/** `complete`: the number has reached a length its brand permits, right or wrong. */
export type NumberVerdict = Verdict & { brand: Brand; complete: boolean };

/**
 * Judges a card number, given as ASCII digits without gaps.
 *
 * An unknown brand never blocks: 12 to 19 digits with a right Luhn digit are valid. Brands that
 * issue numbers without one (`brandRule(brand).luhn` is `false`) are judged by length alone.
 *
 * @example judgeNumber('4242424242424242') // { valid: true, potentiallyValid: true, brand: 'visa', complete: true }
 */
export function judgeNumber(digits: string): NumberVerdict {
  const brand = detectBrand(digits);
  const rule = brandRule(brand);
  const numeric = /^\d*$/.test(digits);
  const complete = numeric && rule.lengths.includes(digits.length);
  const valid = complete && (!rule.luhn || luhn(digits));
  // A shorter number can always be completed: its last digit is free to satisfy Luhn.
  const extensible = numeric && digits.length < longestLength(brand);
  return { valid, potentiallyValid: valid || extensible, brand, complete };
}
