import { expect, test } from 'vitest';
import { digitsOf } from './digits.ts';

test.each([
  ['0123456789', '0123456789'],
  ['٠١٢٣٤٥٦٧٨٩', '0123456789'],
  ['۰۱۲۳۴۵۶۷۸۹', '0123456789'],
  ['०१२३४५६७८९', '0123456789'],
  ['０１２３４５６７８９', '0123456789'],
  ['\u200f4242-4242 4242\u00a04242\n', '4242424242424242'],
  ['①²½x๕', ''],
  ['', ''],
])('reads %j as %j', (text, digits) => {
  expect(digitsOf(text)).toBe(digits);
});

test('keeps at most as many digits as asked for', () => {
  expect(digitsOf('12-34', 3)).toBe('123');
});
