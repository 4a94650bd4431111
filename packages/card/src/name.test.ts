import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeName } from './name.ts';

describe('judgeName', () => {
  test.each([
    ['Zoë Ångström'],
    ["  Seán O'Neill-Smith  "],
    ['王小明'],
    ['محمد'],
    ['می\u200cخواهم'],
    ['Louis XIV 14'],
    ['x'.repeat(64)],
    ['e\u0301'.repeat(64)],
    ['𠮷'.repeat(64)],
    ['12345678901'],
  ])('accepts %j', (text) => {
    expect(judgeName(text)).toStrictEqual({ valid: true, potentiallyValid: true });
  });

  test.each([[''], ['   '], ['\n']])('waits for more than %j', (text) => {
    expect(judgeName(text)).toStrictEqual({ valid: false, potentiallyValid: true });
  });

  test.each([
    ['x'.repeat(65)],
    ['4242424242424242'],
    ['4242 4242 4242 4242'],
    ['4242-4242-4242'],
    ['4242\u200b4242_4242'],
    ['٤٢٤٢٤٢٤٢٤٢٤٢'],
    ['Ann 378282246310005'],
    ['a\u0000b'],
    ['a\nb'],
    ['a\u2028b'],
    ['a\ud800b'],
    ['a\u202eb'],
  ])('refuses %j', (text) => {
    expect(judgeName(text)).toStrictEqual({ valid: false, potentiallyValid: false });
  });

  test('calls no extension valid of what it has given up', () => {
    const piece = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'ab 019\n-ñ'), maxLength: 40 }),
      fc.stringMatching(/^\d{10,14}$/),
    );
    fc.assert(
      fc.property(piece, piece, piece, (a, b, c) => {
        fc.pre(!judgeName(a + b).potentiallyValid);
        expect(judgeName(a + b + c).valid).toBe(false);
      }),
    );
  });
});
