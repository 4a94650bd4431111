import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { luhn } from './luhn.ts';
import { PUBLISHED } from './published-numbers.fixture.ts';

const digits = fc.stringMatching(/^\d{1,30}$/);

function withDigit(number: string, index: number, digit: number): string {
  return number.slice(0, index) + digit + number.slice(index + 1);
}

describe('luhn', () => {
  test.each(PUBLISHED.flatMap(([, numbers]) => numbers))('accepts published %s', (number) => {
    expect(luhn(number)).toBe(true);
  });

  test.each(['', ' ', '4242 4242 4242 4242', '4242-42', '４２', 'a'])('refuses %j', (text) => {
    expect(luhn(text)).toBe(false);
  });

  test('gives every number exactly one check digit', () => {
    fc.assert(
      fc.property(digits, (head) => {
        expect([...'0123456789'].filter((last) => luhn(head + last))).toHaveLength(1);
      }),
    );
  });

  test('notices every single wrong digit', () => {
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const index = at % number.length;
        const wrong = withDigit(number, index, (Number(number[index]) + by) % 10);
        expect(luhn(number) && luhn(wrong)).toBe(false);
      }),
    );
  });

  test('notices swapped neighbours, except 09 and 90', () => {
    const pairs = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(digits, pairs, digits, (head, [a, b], tail) => {
        fc.pre(a !== b && !(Math.min(a, b) === 0 && Math.max(a, b) === 9));
        expect(luhn(`${head}${a}${b}${tail}`) && luhn(`${head}${b}${a}${tail}`)).toBe(false);
      }),
    );
  });
});
