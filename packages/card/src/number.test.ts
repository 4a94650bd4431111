import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brandRule, detectBrand, longestLength } from './brand.ts';
import { luhn } from './luhn.ts';
import { judgeNumber } from './number.ts';
import { PUBLISHED } from './published-numbers.fixture.ts';

const published = PUBLISHED.flatMap(([brand, numbers]) =>
  numbers.map((number) => [brand, number] as const),
);
// Starts that carry a brand, next to any digits at all.
const number = fc.oneof(
  fc.stringMatching(/^\d{0,20}$/),
  fc
    .tuple(fc.constantFrom(...published), fc.nat({ max: 19 }), fc.stringMatching(/^\d{0,6}$/))
    .map(([[, digits], keep, tail]) => digits.slice(0, keep) + tail),
);

function withCheckDigit(head: string): string {
  return head + [...'0123456789'].find((last) => luhn(head + last));
}

describe('judgeNumber', () => {
  test.each(published)('accepts the published %s number %s', (brand, digits) => {
    expect(judgeNumber(digits)).toStrictEqual({
      valid: true,
      potentiallyValid: true,
      brand,
      complete: true,
    });
  });

  test.each([
    ['', false, true, false],
    ['4', false, true, false],
    ['4242424242424241', false, true, true],
    ['4242424242424242422', false, false, true],
    ['42424242424242424242', false, false, false],
    ['378282246310006', false, false, true],
    ['5555555555554445', false, false, true],
    ['555555555555444', false, true, false],
    ['6200000000000001', true, true, true],
    ['5895627823453005', true, true, true],
    ['999999999999', false, true, true],
    ['999999999991', true, true, true],
    ['99999999995', false, true, false],
    ['4242 4242 4242 4242', false, false, false],
    ['x', false, false, false],
  ])('judges %j valid %j, potentially %j, complete %j', (digits, valid, potentially, complete) => {
    expect(judgeNumber(digits)).toStrictEqual({
      valid,
      potentiallyValid: potentially,
      brand: detectBrand(digits),
      complete,
    });
  });

  test('never blocks an unknown brand of 12 to 19 digits with a right check digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{11,18}$/), (head) => {
        const whole = withCheckDigit(head);
        fc.pre(detectBrand(whole) === 'unknown');
        expect(judgeNumber(whole).valid).toBe(true);
      }),
    );
  });

  test('calls no extension valid of what it has given up', () => {
    fc.assert(
      fc.property(number, fc.stringMatching(/^\d{0,8}$/), (head, tail) => {
        fc.pre(!judgeNumber(head).potentiallyValid);
        expect(judgeNumber(head + tail).valid).toBe(false);
      }),
    );
  });

  test('calls every start of a valid number potentially valid', () => {
    fc.assert(
      fc.property(fc.constantFrom(...published), fc.nat({ max: 19 }), ([, digits], keep) => {
        expect(judgeNumber(digits.slice(0, keep)).potentiallyValid).toBe(true);
      }),
    );
  });

  test('can complete whatever it calls potentially valid', () => {
    fc.assert(
      fc.property(number, (head) => {
        const verdict = judgeNumber(head);
        fc.pre(verdict.potentiallyValid && !verdict.valid && head.length >= 8);
        const wanted = brandRule(detectBrand(head)).lengths.find((length) => length > head.length);
        expect(wanted).toBeLessThanOrEqual(longestLength(verdict.brand));
        expect(judgeNumber(withCheckDigit(head.padEnd((wanted ?? 0) - 1, '0'))).valid).toBe(true);
      }),
    );
  });
});
