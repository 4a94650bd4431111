import type { Verdict } from './verdict.ts';

/** Of an ABA routing number, digit by digit. */
const WEIGHTS = [3, 7, 1];
const ROUTING = 9;
const LONGEST = 17;
const SHORTEST = 4;

/**
 * Judges a routing number of a bank in the United States: nine digits, of which the last is a check
 * (weights 3, 7, 1).
 *
 * @param digits - ASCII digits without gaps.
 * @example judgeRoutingNumber('110000000') // { valid: true, potentiallyValid: true }
 */
export function judgeRoutingNumber(digits: string): Verdict {
  const sum = [...digits].reduce(
    (all, digit, at) => all + Number(digit) * (WEIGHTS[at % 3] ?? 0),
    0,
  );
  const whole = digits.length === ROUTING;
  // Nine zeros satisfy the check and are nobody's.
  const valid = whole && sum % 10 === 0 && sum > 0;
  return { valid, potentiallyValid: valid || digits.length < ROUTING };
}

/**
 * Judges an account number that ACH takes: 4 to 17 digits (Nacha's entry detail record has room for
 * 17). It has no check digit that all banks share.
 *
 * @param digits - ASCII digits without gaps.
 */
export function judgeAccountNumber(digits: string): Verdict {
  const potentiallyValid = digits.length <= LONGEST;
  return { valid: potentiallyValid && digits.length >= SHORTEST, potentiallyValid };
}
