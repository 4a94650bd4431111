import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeExpiry, parseExpiry } from './expiry.ts';

const NOW = Date.UTC(2026, 10, 23, 12);

describe('parseExpiry', () => {
  test.each([
    '05/30',
    '05 / 30',
    '05/2030',
    '05 / 2030',
    '0530',
    '052030',
    '5/30',
    '5/2030',
    '2030-05',
    '2030/5',
    '203005',
    '05-30',
    '05.2030',
    '05 30',
    ' 05/30\n',
    '05–30',
    '05 — 2030',
    '05\\30',
    '05|30',
    '05_30',
    '\u200f05\u200e/\u200f30',
    '\u206805/30\u2069',
    '05\u00a0/\u00a030',
    '０５／３０',
    '０５／２０３０',
    '٠٥/٣٠',
    '٠٥/٢٠٣٠',
    '۰۵/۳۰',
    '०५/३०',
    '٢٠٣٠-٠٥',
  ])('reads %j as May 2030', (text) => {
    expect(parseExpiry(text)).toStrictEqual({ month: 5, year: 2030 });
  });

  test.each([
    ['122030', { month: 12, year: 2030 }],
    ['202012', { month: 12, year: 2020 }],
    ['12/1999', { month: 12, year: 1999 }],
    ['12/99', { month: 12, year: 2099 }],
  ])('reads %j as %j', (text, expiry) => {
    expect(parseExpiry(text)).toStrictEqual(expiry);
  });

  test.each([
    '',
    '5',
    '05',
    '05/',
    '05/3',
    '530',
    '05/203',
    '00/30',
    '13/30',
    '1330',
    '05/0203',
    '05/20300',
    '05/30/01',
    'x05/30',
    'May 30',
    '/30',
    '2030-13',
    '5⁄30',
  ])('reads nothing in %j', (text) => {
    expect(parseExpiry(text)).toBeUndefined();
  });
});

describe('judgeExpiry', () => {
  test.each([
    ['', false, true],
    ['1', false, true],
    ['12', false, true],
    ['12 / ', false, true],
    ['12 / 2', false, true],
    ['12 / 20', false, true],
    ['12 / 203', false, true],
    ['12 / 1', false, false],
    ['12 / 19', false, false],
    ['12 / 26', true, true],
    ['11 / 26', true, true],
    ['10 / 26', false, false],
    ['11 / 46', true, true],
    ['12 / 46', false, false],
    ['12 / 99', false, false],
    ['13', false, false],
    ['00', false, false],
    ['13 / 30', false, false],
    [' / 30', false, false],
    ['1 / 30', true, true],
    ['2030-1', true, true],
    ['2030-', false, true],
    ['1230', true, true],
    ['12 / 3025', false, false],
    ['12 / 30x', false, false],
  ])('judges %j valid %j, potentially %j', (text, valid, potentiallyValid) => {
    const { valid: isValid, potentiallyValid: isPotentially } = judgeExpiry(text, NOW);
    expect([isValid, isPotentially]).toStrictEqual([valid, potentiallyValid]);
  });

  test('tells an expired card from a mistyped one', () => {
    expect(judgeExpiry('10 / 26', NOW)).toStrictEqual({
      valid: false,
      potentiallyValid: false,
      expiry: { month: 10, year: 2026 },
      expired: true,
    });
    expect(judgeExpiry('12 / 99', NOW)).toStrictEqual({
      valid: false,
      potentiallyValid: false,
      expiry: { month: 12, year: 2099 },
      expired: false,
    });
    expect(judgeExpiry('13 / 30', NOW)).toStrictEqual({
      valid: false,
      potentiallyValid: false,
      expired: false,
    });
  });

  test.each([
    ['12 / 26', Date.UTC(2027, 0, 1, 12) - 1, true],
    ['12 / 26', Date.UTC(2027, 0, 1, 12), false],
    ['02 / 28', Date.UTC(2028, 2, 1, 12) - 1, true],
    ['02 / 28', Date.UTC(2028, 2, 1, 12), false],
  ])('holds %s at %d valid %j: through the last day in UTC-12', (text, now, valid) => {
    expect(judgeExpiry(text, now).valid).toBe(valid);
    expect(judgeExpiry(text, new Date(now)).valid).toBe(valid);
    expect(judgeExpiry(text, now).expired).toBe(!valid);
  });

  test('waits for the very last month there may be', () => {
    const january = Date.UTC(2026, 0, 15);
    expect(judgeExpiry('2046-0', january).potentiallyValid).toBe(true);
    expect(judgeExpiry('2046-1', january).potentiallyValid).toBe(true);
    expect(judgeExpiry('2047-', january).potentiallyValid).toBe(false);
  });

  test('accepts nothing at a time that is none', () => {
    expect(judgeExpiry('12 / 30', Number.NaN).valid).toBe(false);
  });

  const typed = fc.string({ unit: fc.constantFrom(...'0123456789/ -.a'), maxLength: 8 });

  test('calls no extension valid of what it has given up', () => {
    fc.assert(
      fc.property(typed, typed, (head, tail) => {
        fc.pre(!judgeExpiry(head, NOW).potentiallyValid);
        expect(judgeExpiry(head + tail, NOW).valid).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('calls every start of a valid spelling potentially valid', () => {
    const separator = fc.constantFrom('', '/', ' / ', '-', '.', ' ');
    const month = fc.integer({ min: 1, max: 12 });
    const year = fc.integer({ min: 2027, max: 2045 });
    fc.assert(
      fc.property(month, year, separator, fc.nat({ max: 3 }), fc.nat(), (m, y, gap, way, cut) => {
        const [mm, yyyy] = [String(m).padStart(2, '0'), String(y)];
        const short = `${gap === '' ? mm : m}${gap}${yyyy.slice(2)}`;
        const ways = [
          `${mm}${gap}${yyyy.slice(2)}`,
          `${mm}${gap}${yyyy}`,
          `${yyyy}${gap}${mm}`,
          short,
        ];
        const text = ways[way] ?? short;
        expect(judgeExpiry(text, NOW)).toStrictEqual({
          valid: true,
          potentiallyValid: true,
          expiry: { month: m, year: y },
          expired: false,
        });
        expect(judgeExpiry(text.slice(0, cut % text.length), NOW).potentiallyValid).toBe(true);
      }),
    );
  });
});
