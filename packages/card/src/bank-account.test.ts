import { describe, expect, it } from 'vitest';
import { judgeAccountNumber, judgeRoutingNumber } from './bank-account.ts';
import { lastDigits } from './last-digits.ts';

describe('judgeRoutingNumber', () => {
  // Of the Federal Reserve and of processors' test accounts.
  it.each(['110000000', '011000015', '021000021', '111000025'])('takes %s', (digits) => {
    expect(judgeRoutingNumber(digits).valid).toBe(true);
    for (let at = 0; at < digits.length; at++) {
      const other = (Number(digits[at]) + 1) % 10;
      const wrong = digits.slice(0, at) + other + digits.slice(at + 1);
      expect(judgeRoutingNumber(wrong), wrong).toStrictEqual({
        valid: false,
        potentiallyValid: false,
      });
      expect(judgeRoutingNumber(digits.slice(0, at)).potentiallyValid).toBe(true);
    }
  });

  it.each(['000000000', '1100000001'])('refuses %s', (digits) => {
    expect(judgeRoutingNumber(digits)).toStrictEqual({ valid: false, potentiallyValid: false });
  });
});

it('takes account numbers of 4 to 17 digits', () => {
  expect(judgeAccountNumber('123')).toStrictEqual({ valid: false, potentiallyValid: true });
  expect(judgeAccountNumber('1234').valid).toBe(true);
  expect(judgeAccountNumber('1'.repeat(17)).valid).toBe(true);
  expect(judgeAccountNumber('1'.repeat(18))).toStrictEqual({
    valid: false,
    potentiallyValid: false,
  });
});

it.each([
  ['1234', '**34'],
  ['12345', '**45'],
  ['123456', '*456'],
  ['12345678', '5678'],
  ['000123456789', '6789'],
])('tells of %s no more than half: %s', (number, told) => {
  expect(lastDigits(number)).toBe(told);
});
