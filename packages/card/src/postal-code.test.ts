import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgePostalCode, postalCodeOf } from './postal-code.ts';

describe('judgePostalCode', () => {
  test.each([
    ['80331'],
    ['SW1A 1AA'],
    ['sw1a  1aa'],
    ['K1A-0B1'],
    ['94105-1234'],
    ['１００-０００１'],
    ['100ー0001'],
    ['12345‑67890'],
    ['١٢٣٤٥'],
    ['D02 AF30'],
    ['  1010 '],
  ])('accepts %j', (text) => {
    expect(judgePostalCode(text)).toStrictEqual({ valid: true, potentiallyValid: true });
  });

  test.each([[''], [' '], ['1'], ['8033-'], ['S ']])('waits for more than %j', (text) => {
    expect(judgePostalCode(text).potentiallyValid).toBe(true);
  });

  test.each([
    ['4242424242424242'],
    ['424242424242'],
    ['4242-4242-4242'],
    ['80331\u0000'],
    ['80331\u202e'],
    ['1--2'],
    ['-12'],
    ['<b>12</b>'],
    ['München'],
    ['123456789012'],
  ])('refuses %j', (text) => {
    expect(judgePostalCode(text)).toStrictEqual({ valid: false, potentiallyValid: false });
  });

  test('calls no extension valid of what it has given up', () => {
    const piece = fc.string({ unit: fc.constantFrom(...'aZ09 -\nß'), maxLength: 8 });
    fc.assert(
      fc.property(piece, piece, (a, b) => {
        // A gap at the end is trimmed away, and counts again when something follows.
        fc.pre(!judgePostalCode(a).potentiallyValid && !/\s/.test(a));
        expect(judgePostalCode(a + b).valid).toBe(false);
      }),
    );
  });

  test('writes every code that it accepts one way', () => {
    const text = fc.string({ unit: fc.constantFrom(...'aZ09 -９'), maxLength: 12 });
    fc.assert(
      fc.property(text, (given) => {
        fc.pre(judgePostalCode(given).valid);
        const code = postalCodeOf(given);
        expect(postalCodeOf(code)).toBe(code);
        expect(code).toMatch(/^[A-Z0-9 -]{2,11}$/);
      }),
    );
  });
});
