import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Brand, brandRule, detectBrand, detectBrands, longestLength } from './brand.ts';
import { ROWS } from './brand-table.ts';
import { PUBLISHED } from './published-numbers.fixture.ts';
import { parseRanges } from './range.ts';

const published = PUBLISHED.flatMap(([brand, numbers]) =>
  numbers.map((number) => [brand, number] as const),
);
const ranges = ROWS.flatMap(([brand, , , text]) =>
  parseRanges(text).map((range) => ({ brand, ...range })),
);

describe('the table', () => {
  test('holds well-formed ranges', () => {
    for (const { low, high } of ranges) {
      expect(`${low}-${high}`).toMatch(/^\d{1,8}-\d{1,8}$/);
      expect(high).toHaveLength(low.length);
      expect(low <= high).toBe(true);
    }
  });

  test('holds no two equally specific ranges that overlap', () => {
    const overlaps = ranges.filter((a, i) =>
      ranges.some((b, j) => {
        return i < j && a.low.length === b.low.length && a.low <= b.high && b.low <= a.high;
      }),
    );
    expect(overlaps).toStrictEqual([]);
  });

  test.each(ranges)('tells $brand at both ends of $low-$high', ({ brand, low, high }) => {
    // A narrower range may begin at an end: then the range is told somewhere inside instead.
    const inside = [low, high].flatMap((end) => [end.padEnd(16, '0'), end.padEnd(16, '9')]);
    expect(inside.map(detectBrand)).toContain(brand);
  });
});

describe('detectBrand', () => {
  test.each(published)('tells %s from %s', (brand, number) => {
    expect(detectBrand(number)).toBe(brand);
  });

  test.each<[string, Brand]>([
    ['', 'unknown'],
    ['4', 'visa'],
    ['40117', 'visa'],
    ['401178', 'elo'],
    ['401180', 'visa'],
    ['5', 'unknown'],
    ['50', 'unknown'],
    ['501', 'unknown'],
    ['5019', 'dankort'],
    ['5020', 'maestro'],
    ['508', 'rupay'],
    ['509', 'elo'],
    ['51', 'mastercard'],
    ['2', 'unknown'],
    ['22', 'unknown'],
    ['23', 'mastercard'],
    ['2720', 'mastercard'],
    ['2721', 'unknown'],
    ['2205', 'unknown'],
    ['35', 'jcb'],
    ['3527', 'unknown'],
    ['6', 'unknown'],
    ['60', 'unknown'],
    ['6011', 'discover'],
    ['6012', 'rupay'],
    ['81', 'unknown'],
    ['8171', 'unionpay'],
    ['8172', 'rupay'],
    ['3841', 'diners'],
    ['384100', 'hipercard'],
    ['63', 'unknown'],
    ['6374', 'hiper'],
    ['63743357', 'unknown'],
    ['63743358', 'hiper'],
    ['670', 'maestro'],
    ['6703', 'bancontact'],
    ['0', 'unknown'],
  ])('tells %j as %s', (digits, brand) => {
    expect(detectBrand(digits)).toBe(brand);
  });

  test('does not change its mind after eight digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{8}$/), fc.stringMatching(/^\d{0,11}$/), (head, tail) => {
        expect(detectBrand(head + tail)).toBe(detectBrand(head));
      }),
    );
  });
});

describe('detectBrands', () => {
  test.each<[string, readonly Brand[]]>([
    ['', []],
    ['0', []],
    ['2', ['mastercard', 'mir']],
    ['4', ['visa', 'elo']],
    ['4012', ['visa']],
    ['401178', ['elo']],
    ['38', ['diners', 'hipercard']],
    ['601', ['discover', 'rupay']],
  ])('lists for %j %j', (digits, brands) => {
    expect(detectBrands(digits)).toStrictEqual(brands);
  });

  test('lists the brand to come at every step of typing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...published), fc.nat({ max: 16 }), ([brand, number], length) => {
        expect(detectBrands(number.slice(0, length + 1))).toContain(brand);
      }),
    );
  });

  test('begins with the brand to show, unless that is unknown', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{0,19}$/), (digits) => {
        const shown = detectBrand(digits);
        if (shown !== 'unknown') expect(detectBrands(digits)[0]).toBe(shown);
      }),
    );
  });
});

describe('brandRule', () => {
  test('spells out a row', () => {
    expect(brandRule('amex')).toStrictEqual({
      brand: 'amex',
      label: 'American Express',
      lengths: [15],
      gaps: [4, 10],
      codeLength: 4,
      codeLabel: 'CID',
      luhn: true,
    });
  });

  test('expands spans of lengths', () => {
    expect(brandRule('unionpay').lengths).toStrictEqual([14, 15, 16, 17, 18, 19]);
    expect(brandRule('visa').lengths).toStrictEqual([13, 16, 19]);
  });

  test('gives a name outside the table the rules of unknown numbers', () => {
    const stranger = JSON.parse('"__proto__"');
    expect(brandRule(stranger)).toBe(brandRule('unknown'));
  });

  test.each<[Brand, number]>([
    ['amex', 15],
    ['visa', 19],
    ['mastercard', 16],
    ['unknown', 19],
  ])('lets %s have %d digits at most', (brand, length) => {
    expect(longestLength(brand)).toBe(length);
  });
});
