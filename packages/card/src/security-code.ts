import { type Brand, brandRule } from './brand.ts';
import type { Verdict } from './verdict.ts';

/** Lengths a code of this brand may have. While the brand is unknown, both are possible. */
export function codeLengths(brand: Brand): readonly (3 | 4)[] {
  return brand === 'unknown' ? [3, 4] : [brandRule(brand).codeLength];
}

/**
 * Judges a security code, given as ASCII digits. While the brand is unknown three and four digits
 * are both valid, and `expectedLength` names the shorter, from which on the code is complete.
 *
 * @example judgeCode('123', 'amex') // { valid: false, potentiallyValid: true, expectedLength: 4 }
 */
export function judgeCode(digits: string, brand: Brand): Verdict & { expectedLength: 3 | 4 } {
  const lengths = codeLengths(brand);
  const numeric = /^\d*$/.test(digits);
  return {
    valid: numeric && lengths.some((length) => length === digits.length),
    potentiallyValid: numeric && lengths.some((length) => length >= digits.length),
    expectedLength: brandRule(brand).codeLength,
  };
}
