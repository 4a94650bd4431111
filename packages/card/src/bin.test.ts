import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf } from './bin.ts';

const digit = fc.constantFrom(...'0123456789');
const number = fc.string({ unit: digit, maxLength: 19 });

describe('binOf', () => {
  it.each([
    ['4242424242424242', 8, '42424242'],
    ['4242424242424242', 6, '424242'],
    ['4242424242424242', 0, undefined],
    ['378282246310005', 8, '378282'],
    ['36227206271667', 8, '362272'],
    // Ten and a hundred guesses would be left.
    ['676770000009', 6, undefined],
    ['4222222222222', 8, undefined],
    // It may be the beginning of one with nineteen.
    ['6200000000000005', 8, '620000'],
    ['62000000000000003', 8, '620000'],
    ['6205550000000000004', 8, '620555'],
    ['', 6, undefined],
  ])('of %s with %i allowed gives %s', (digits, most, bin) => {
    expect(binOf(digits, most)).toBe(bin);
  });

  it('gives the beginning, no more than is allowed, and leaves four hidden beside the last four', () => {
    fc.assert(
      fc.property(number, fc.constantFrom(0, 6, 8), (digits, most) => {
        const bin = binOf(digits, most);
        if (bin === undefined) return;
        expect(digits.startsWith(bin)).toBe(true);
        expect([6, 8]).toContain(bin.length);
        expect(bin.length).toBeLessThanOrEqual(digits.length === 16 ? most : Math.min(most, 6));
        expect(digits.length - bin.length - 4).toBeGreaterThanOrEqual(4);
      }),
    );
  });
});
