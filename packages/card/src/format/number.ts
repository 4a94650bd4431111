import { type Brand, BY_FOUR, brandRule, detectBrand, longestLength } from '../brand.ts';
import { digitsOf } from '../digits.ts';
import {
  deleteThroughGap,
  digitsBeforeCaret,
  digitsGained,
  type Edit,
  type EditKind,
  isDelete,
} from './edit.ts';

const LONGEST = 19;

/**
 * Groups a card number after an `input` event and keeps the caret behind the digit it was behind.
 *
 * - `after` is what the browser left in the input, `before` what this function returned last (with
 *   the caret the input had since). Without `before`, Backspace over a gap cannot be told apart
 *   from any other edit.
 * - Only digits stay; never a gap at the end. At a gap the caret stands behind it, after a delete
 *   before it.
 * - Typing beyond the brand's longest length is refused, pasting is cut there. A delete never
 *   costs more digits than it took, even where the digits left belong to a shorter brand.
 *
 * @example formatNumber({ text: '42424', caret: 5 }, 'insert') // { text: '4242 4', caret: 6 }
 */
export function formatNumber(after: Edit, kind: EditKind, before?: Edit): Edit {
  const edit = deleteThroughGap(after, kind, before);
  const typed = digitsOf(edit.text);
  const brand = detectBrand(typed);
  const most = isDelete(kind) ? LONGEST : longestLength(brand);
  if (before && kind === 'insert' && typed.length > most && digitsGained(edit, before) > 0) {
    return { ...before };
  }
  const digits = typed.slice(0, most);
  const gaps = gapsWithin(digits, brand);
  const index = Math.min(digitsBeforeCaret(edit), digits.length);
  const passed = gaps.filter((gap) => gap < index || (gap === index && !isDelete(kind)));
  return { text: group(digits, gaps), caret: index + passed.length };
}

function gapsWithin(digits: string, brand: Brand): readonly number[] {
  const { lengths, gaps } = brandRule(brand);
  const [shortest = LONGEST] = lengths;
  return (digits.length > shortest ? BY_FOUR : gaps).filter((gap) => gap < digits.length);
}

function group(digits: string, gaps: readonly number[]): string {
  return [0, ...gaps].map((start, place) => digits.slice(start, gaps[place])).join(' ');
}
