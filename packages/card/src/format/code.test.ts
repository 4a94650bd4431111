import { expect, test } from 'vitest';
import type { Brand } from '../brand.ts';
import { formatCode } from './code.ts';

test.each<[string, number, Brand, string, number]>([
  ['', 0, 'visa', '', 0],
  ['123', 3, 'visa', '123', 3],
  ['1234', 4, 'visa', '123', 3],
  ['1234', 4, 'amex', '1234', 4],
  ['12345', 5, 'amex', '1234', 4],
  ['12345', 5, 'unknown', '1234', 4],
  [' 1-2 3', 3, 'visa', '123', 1],
  ['１٢३', 2, 'visa', '123', 2],
  ['abc', 2, 'visa', '', 0],
])('keeps of %j with the caret at %d for %s %j, %d', (text, caret, brand, kept, moved) => {
  const once = formatCode({ text, caret }, brand);
  expect(once).toStrictEqual({ text: kept, caret: moved });
  expect(formatCode(once, brand)).toStrictEqual(once);
});
