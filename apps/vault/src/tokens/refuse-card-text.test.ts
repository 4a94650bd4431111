import { randomUUID } from 'node:crypto';
import { judgeNumber } from '@hushfield/card';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsCard } from './refuse-card-text.ts';

const NUMBERS = [
  ...[
    '4242424242424242',
    '4222222222222',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
  ],
  ...[
    '6011111111111117',
    '30569309025904',
    '3530111333300000',
    '6200000000000005',
    '6205500000000000004',
  ],
  ...['6759649826438453', '2200000000000004', '6074825972083818', '135410014004955'],
];

/** In the spellings of one script; the last two are not touched by normalisation. */
const ZEROS = ['0', '０', '𝟎', '⓪', '٠', '०', '᠐'];
const inScript = (digit: string, zero: string) =>
  zero === '⓪' && digit !== '0'
    ? String.fromCodePoint(0x2460 + Number(digit) - 1)
    : String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit));

const separator = fc
  .tuple(
    fc.constantFrom(
      '',
      '',
      '',
      ' ',
      '-',
      ' - ',
      '.',
      '_',
      '/',
      ':',
      '\u00a0',
      '%20',
      '+',
      ', ',
      '|',
      '\n',
      '•',
    ),
    fc.constantFrom('', '', '\u200b', '\u00ad', '\u2060', '\ufe0f\u20e3'),
  )
  .map((parts) => parts.join(''));
const spelled = fc
  .tuple(
    fc.constantFrom(...NUMBERS),
    fc.array(separator, { minLength: 19, maxLength: 19 }),
    fc.constantFrom(...ZEROS),
  )
  .map(([digits, gaps, zero]) =>
    [...digits].map((each, at) => `${at === 0 ? '' : gaps[at]}${inScript(each, zero)}`).join(''),
  );
const around = fc.stringMatching(/^[0-9 ./-]{0,12}$/);
const words = fc.string({ unit: 'grapheme', maxLength: 12 });

describe('text that stands in clear', () => {
  test('may hold no number of a known brand, however it is written and whatever stands around it', () => {
    fc.assert(
      fc.property(words, around, spelled, around, words, (before, digits, card, more, after) => {
        expect(holdsCard(`${before}${digits}${card}${more}${after}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '4242 4242 4242 4242 12/30',
    '4242424242424242-1230',
    'ref 7 4242424242424242',
    '4242424242424242 123',
    '12/30 4242-4242-4242-4242',
    'exp1230pan4242424242424242cvc123',
    '６２０５500000000000004',
  ])('attacks: may not be %s', (text) => {
    expect(holdsCard(text)).toBe(true);
  });

  test.each([
    '',
    'order 2026-12-123456',
    '2026-11-23T19:09:17.309Z',
    '+1 (212) 555-0123',
    '+44 20 7946 0958',
    '10.12.2026, 14:30',
    'tok_test_4242424242424242abcdABCDabcd'.replace(/4242/g, 'a1b2'),
    '4242424242424241',
    '4242 4242 4242',
  ])('may be %s', (text) => {
    expect(holdsCard(text)).toBe(false);
  });

  test('is refused by chance as seldom as it is said', () => {
    const share = (make: (n: number) => string) =>
      Array.from({ length: 4_000 }, (_, n) => holdsCard(make(n))).filter(Boolean).length / 4_000;
    // Not random, so that the shares are the same in every run.
    const digits = (length: number) => (n: number) =>
      String((BigInt(n + 1) * 982_451_653_982_451_653n) % 10n ** BigInt(length)).padStart(
        length,
        '0',
      );
    expect(share(digits(11))).toBe(0);
    expect(share(digits(12))).toBeLessThan(0.02);
    expect(share(digits(14))).toBeLessThan(0.1);
    expect(share(digits(16))).toBeLessThan(0.27);
    expect(share(() => randomUUID())).toBeLessThan(0.02);
    expect(share((n) => new Date(1.7e12 + n * 7_919_317).toISOString())).toBe(0);
  });
});

test('the numbers of this file are numbers', () => {
  for (const number of NUMBERS) expect(judgeNumber(number).brand).not.toBe('unknown');
});
