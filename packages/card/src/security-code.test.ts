import { expect, test } from 'vitest';
import type { Brand } from './brand.ts';
import { judgeCode } from './security-code.ts';

test.each<[string, Brand, boolean, boolean, 3 | 4]>([
  ['', 'visa', false, true, 3],
  ['12', 'visa', false, true, 3],
  ['123', 'visa', true, true, 3],
  ['1234', 'visa', false, false, 3],
  ['123', 'amex', false, true, 4],
  ['1234', 'amex', true, true, 4],
  ['12345', 'amex', false, false, 4],
  ['12', 'unknown', false, true, 3],
  ['123', 'unknown', true, true, 3],
  ['1234', 'unknown', true, true, 3],
  ['12345', 'unknown', false, false, 3],
  ['12a', 'visa', false, false, 3],
  ['１２３', 'visa', false, false, 3],
])('judges %j of %s valid %j, potentially %j', (digits, brand, valid, potentially, length) => {
  expect(judgeCode(digits, brand)).toStrictEqual({
    valid,
    potentiallyValid: potentially,
    expectedLength: length,
  });
});
