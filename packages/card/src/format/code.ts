import type { Brand } from '../brand.ts';
import { digitsOf } from '../digits.ts';
import { codeLengths } from '../security-code.ts';
import { digitsBeforeCaret, type Edit } from './edit.ts';

/**
 * Keeps the digits of a security code, at most as many as the brand has (four while it is unknown).
 *
 * @example formatCode({ text: '12a34', caret: 5 }, 'visa') // { text: '123', caret: 3 }
 */
export function formatCode(after: Edit, brand: Brand): Edit {
  const text = digitsOf(after.text, Math.max(...codeLengths(brand)));
  return { text, caret: Math.min(digitsBeforeCaret(after), text.length) };
}
