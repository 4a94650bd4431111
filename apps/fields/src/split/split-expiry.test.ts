import { type EditKind, formatExpiry, judgeExpiry, parseExpiry } from '@hushfield/card';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editMonth, editYear, halvesOf } from './split-expiry.ts';

const EMPTY = { text: '', caret: 0 };
const at = (text: string) => ({ text, caret: text.length });

const month = (text: string, kind: EditKind, whole = '', half = EMPTY) =>
  editMonth(at(text), kind, { half, whole }, formatExpiry);
const year = (text: string, kind: EditKind, whole = '', half = EMPTY) =>
  editYear(at(text), kind, { half, whole }, formatExpiry);

describe('a month', () => {
  it.each<[string, EditKind, string, string, string]>([
    // typed, how, beside what, the input then, the expiry then
    ['1', 'insert', '', '1', '1 / '],
    ['5', 'insert', '', '05', '05 / '],
    ['12', 'insert', '', '12', '12 / '],
    ['1/', 'insert', '', '01', '01 / '],
    ['13', 'insert', '', '01', '01 / 3'],
    ['13', 'insert', ' / 30', '01', '01 / 30'],
    ['x', 'insert', ' / 30', '', ' / 30'],
    ['1', 'replace', '', '01', '01 / '],
    ['5', 'replace', ' / 30', '05', '05 / 30'],
    ['05', 'replace', '12 / 31', '05', '05 / 31'],
    ['05/2030', 'replace', '', '05', '05 / 30'],
    ['2030-05', 'replace', '12 / 31', '05', '05 / 30'],
    ['１２', 'replace', '', '12', '12 / '],
    ['1', 'deleteBackward', '12 / 30', '1', '1 / 30'],
    ['', 'deleteBackward', '1 / 30', '', ' / 30'],
    ['', 'deleteBackward', '1 / ', '', ''],
  ])('of %j by %s beside %j stands as %j', (typed, kind, whole, half, then) => {
    expect(month(typed, kind, whole)).toStrictEqual({ half: at(half), whole: then });
  });

  it('keeps the caret where nothing was written anew', () => {
    const before = { half: { text: '12', caret: 2 }, whole: '12 / 30' };
    const edit = editMonth({ text: '2', caret: 0 }, 'deleteForward', before, formatExpiry);
    expect(edit).toStrictEqual({ half: { text: '2', caret: 0 }, whole: '2 / 30' });
  });
});

describe('a year', () => {
  it.each<[string, EditKind, string, string, string]>([
    ['3', 'insert', '12 / ', '3', '12 / 3'],
    ['30', 'insert', '12 / 3', '30', '12 / 30'],
    ['20', 'insert', '12 / 2', '20', '12 / 20'],
    ['2030', 'insert', '12 / 203', '30', '12 / 30'],
    ['30', 'insert', '', '30', ' / 30'],
    ['2030', 'replace', '12 / ', '30', '12 / 30'],
    ['30', 'replace', '12 / ', '30', '12 / 30'],
    ['2131', 'replace', '12 / ', '2131', '12 / 2131'],
    ['05/2030', 'replace', '12 / 31', '30', '05 / 30'],
    ['3', 'deleteBackward', '12 / 30', '3', '12 / 3'],
    ['', 'deleteBackward', '12 / 3', '', '12 / '],
    ['', 'deleteBackward', ' / 3', '', ''],
  ])('of %j by %s beside %j stands as %j', (typed, kind, whole, half, then) => {
    expect(year(typed, kind, whole)).toStrictEqual({ half: at(half), whole: then });
  });

  it('takes no third digit', () => {
    const before = { half: at('30'), whole: '12 / 30' };
    const edit = editYear(at('301'), 'insert', before, formatExpiry);
    expect(edit).toStrictEqual({ half: at('30'), whole: '12 / 30' });
  });
});

/** Types a text key by key into two inputs as into one, going on when the month is full. */
function typed(keys: string): string {
  let whole = '';
  let half = EMPTY;
  let edit = editMonth;
  for (const key of keys) {
    const before = { half, whole };
    ({ half, whole } = edit(at(half.text + key), 'insert', before, formatExpiry));
    if (edit === editMonth && half.text.length === 2) {
      edit = editYear;
      half = at(halvesOf(whole)[1]);
    }
  }
  return whole;
}

describe('both', () => {
  const NOW = Date.UTC(2026, 10, 9);

  it('come to what one input makes of the same keys', () => {
    const months = fc.integer({ min: 1, max: 12 });
    const years = fc.integer({ min: 26, max: 46 });
    const spelled = fc.constantFrom('MMYY', 'MYY', 'MMYYYY');
    fc.assert(
      fc.property(months, years, spelled, (m, y, how) => {
        // A lone 1 may still become 10, 11 or 12.
        const short = how === 'MYY' && m > 1 && m < 10;
        const keys = `${short ? m : String(m).padStart(2, '0')}${how === 'MMYYYY' ? 20 : ''}${y}`;
        const parsed = parseExpiry(typed(keys));
        expect(parsed).toStrictEqual({ month: m, year: 2000 + y });
      }),
    );
  });

  it('hold whatever is done to them, digits alone and never more than a year has', () => {
    const kind = fc.constantFrom<EditKind>('insert', 'deleteBackward', 'deleteForward', 'replace');
    const step = fc.record({
      text: fc.string({ unit: 'grapheme', maxLength: 9 }),
      kind,
      isYear: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let whole = '';
        for (const { text, kind: how, isYear } of steps) {
          const before = { half: at(halvesOf(whole)[isYear ? 1 : 0]), whole };
          const edit = (isYear ? editYear : editMonth)(at(text), how, before, formatExpiry);
          expect(edit.half.text).toMatch(/^\d{0,4}$/);
          expect(edit.half.caret).toBeLessThanOrEqual(edit.half.text.length);
          expect(halvesOf(edit.whole)[isYear ? 1 : 0]).toBe(edit.half.text);
          whole = edit.whole;
          expect(whole).toMatch(/^(|\d{0,2} [/] \d{0,4})$/);
          expect(typeof judgeExpiry(whole, NOW).valid).toBe('boolean');
        }
      }),
    );
  });
});
