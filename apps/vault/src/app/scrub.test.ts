import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scrub } from './scrub.ts';

const luhnDigit = (body: string) =>
  String(Array.from({ length: 10 }, (_, d) => d).find((d) => valid(`${body}${d}`)) ?? 0);

// Written apart from the code under test: doubles by table.
function valid(digits: string): boolean {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit);
    return total + (at % 2 === 1 ? (doubled[value] ?? 0) : value);
  }, 0);
  return sum % 10 === 0;
}

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const number = fc
  .array(digit, { minLength: 11, maxLength: 18 })
  .map((digits) => digits.join(''))
  .map((body) => `${body}${luhnDigit(body)}`);
const separator = fc.constantFrom('', '', '', ' ', '-', '.', '_', '/', ':', '  ', ' -', '%20', '+');
const spelled = fc
  .tuple(number, fc.array(separator, { minLength: 19, maxLength: 19 }))
  .map(([digits, gaps]) =>
    [...digits].map((each, at) => (at === 0 ? each : `${gaps[at]}${each}`)).join(''),
  );
const words = fc.string().map((text) => text.replace(/\d/g, 'x'));

describe('scrub', () => {
  test('takes out every number, however it is grouped and wherever it stands', () => {
    fc.assert(
      fc.property(words, spelled, words, (before, card, after) => {
        const digits = scrub(`${before}|${card}|${after}`).replace(/\D/g, '');
        expect(digits).toBe('');
      }),
      { numRuns: 500 },
    );
  });

  test('takes out a number inside a longer run of digits', () => {
    expect(scrub('00004242424242424242000')).toBe('[redacted]');
  });

  test('takes out API keys of all kinds', () => {
    expect(scrub('Bearer sk_test_abc123, pk_live_ABC, rk_test_x9')).toBe(
      'Bearer sk_test_[redacted], pk_live_[redacted], rk_test_[redacted]',
    );
  });

  test('takes out one behind an escape of JSON', () => {
    expect(scrub(JSON.stringify('x\tsk_live_abc'))).toBe('"x\\tsk_live_[redacted]"');
  });

  test.each([
    '{"time":"2026-11-23T19:09:17.309Z","status":200,"ms":8}',
    'req_08qwcnyZ2GtJ4SCnxZMAut',
    'at start (main.ts:120:14) 127.0.0.1:4401',
    '12345678901',
  ])('leaves alone: %s', (line) => {
    expect(scrub(line)).toBe(line);
  });
});
