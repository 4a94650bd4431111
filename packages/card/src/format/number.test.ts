import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectBrand, longestLength } from '../brand.ts';
import { digitsOf } from '../digits.ts';
import { PUBLISHED } from '../published-numbers.fixture.ts';
import { digitsBeforeCaret, type Edit, type EditKind } from './edit.ts';
import { formatNumber } from './number.ts';

/** Reads 'ab|cd' as text with a caret. */
function at(marked: string): Edit {
  return { text: marked.replace('|', ''), caret: marked.indexOf('|') };
}

function show({ text, caret }: Edit): string {
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
}

const KINDS: readonly EditKind[] = ['insert', 'deleteBackward', 'deleteForward', 'replace'];
const kinds = fc.constantFrom(...KINDS);
const numbers = PUBLISHED.flatMap(([, all]) => all);
const digits = fc.oneof(fc.stringMatching(/^\d{0,19}$/), fc.constantFrom(...numbers));
const junk = fc.string({ unit: fc.constantFrom(...' -\n.x/\u200f\u202e😀'), maxLength: 3 });

describe('formatNumber', () => {
  test.each<[before: string, after: string, EditKind, formatted: string]>([
    ['|', '4|', 'insert', '4|'],
    ['424|', '4242|', 'insert', '4242|'],
    ['4242|', '42425|', 'insert', '4242 5|'],
    ['4242 |4242', '4242 5|4242', 'insert', '4242 5|424 2'],
    ['4242| 4242', '42425| 4242', 'insert', '4242 5|424 2'],
    ['424|2 42', '4249|2 42', 'insert', '4249 |242'],
    ['4242 5|', '4242 |', 'deleteBackward', '4242|'],
    ['4242 |4242', '4242|4242', 'deleteBackward', '424|4 242'],
    ['4242| 4242', '424| 4242', 'deleteBackward', '424|4 242'],
    ['4242| 4242', '4242|4242', 'deleteForward', '4242| 242'],
    ['4242 |4242', '4242 |242', 'deleteForward', '4242| 242'],
    ['|4242 4242', '|242 4242', 'deleteForward', '|2424 242'],
    ['3782 822463| 10005', '3782 82246| 10005', 'deleteBackward', '3782 82246|1 0005'],
    ['|', '378282246310005|', 'replace', '3782 822463 10005|'],
    ['|', '30569309025904|', 'replace', '3056 930902 5904|'],
    ['|', '3056930009020004|', 'replace', '3056 9300 0902 0004|'],
    ['|', '135410014004955|', 'replace', '1354 10014 004955|'],
    ['|', '6205500000000000004|', 'replace', '6205 5000 0000 0000 004|'],
    ['|', '4242-4242 4242 4242\n|', 'replace', '4242 4242 4242 4242|'],
    ['|', '\u200f٤٢٤٢ ４２４２|', 'replace', '4242 4242|'],
    ['|', 'Visa: 4242|', 'replace', '4242|'],
    ['|', '5555555555554444 12/30|', 'replace', '5555 5555 5555 4444|'],
    ['|', '99999999999999999999|', 'replace', '9999 9999 9999 9999 999|'],
    ['5555 5555 5555 4444|', '5555 5555 5555 44441|', 'insert', '5555 5555 5555 4444|'],
    ['5555 |5555 5555 4444', '5555 1|5555 5555 4444', 'insert', '5555 |5555 5555 4444'],
    ['5555 5555 5555 4444|', '1|', 'insert', '1|'],
    ['4242 4242|', '|', 'deleteBackward', '|'],
    ['4242|', 'x|', 'replace', '|'],
  ])('turns %j, then %j by %s, into %j', (before, after, kind, formatted) => {
    expect(show(formatNumber(at(after), kind, at(before)))).toBe(formatted);
  });

  test('loses no digit of an over-long number to a delete', () => {
    const before = at('67|59 6498 2643 8453 019');
    const left = at('|59 6498 2643 8453 019');
    expect(digitsOf(formatNumber(left, 'deleteBackward', before).text)).toBe('59649826438453019');
    const american = formatNumber(
      at('|37 6498 2643 8453 019'),
      'deleteBackward',
      at('67|37 6498 2643 8453 019'),
    );
    expect(digitsOf(american.text)).toBe('37649826438453019');
  });

  test('keeps the digits of a paste, in any junk, up to what the brand may have', () => {
    fc.assert(
      fc.property(digits, fc.array(junk, { minLength: 20, maxLength: 20 }), (number, between) => {
        const text = [...number].map((digit, i) => between[i] + digit).join('') + between[19];
        const { text: formatted, caret } = formatNumber({ text, caret: text.length }, 'replace');
        expect(digitsOf(formatted)).toBe(number.slice(0, longestLength(detectBrand(number))));
        expect(caret).toBe(formatted.length);
      }),
    );
  });

  test('changes nothing about what it has formatted', () => {
    const text = fc.oneof(
      digits,
      fc.string({ unit: fc.constantFrom(...'0123456789 x٣'), maxLength: 30 }),
    );
    fc.assert(
      fc.property(text, fc.nat({ max: 30 }), kinds, (raw, caret, kind) => {
        const once = formatNumber({ text: raw, caret: Math.min(caret, raw.length) }, kind);
        expect(formatNumber(once, kind)).toStrictEqual(once);
        expect(formatNumber(once, kind, once)).toStrictEqual(once);
      }),
    );
  });

  test('writes digits with single gaps, none at either end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789 -'), maxLength: 40 }),
        kinds,
        (text, kind) => {
          const formatted = formatNumber({ text, caret: text.length }, kind);
          expect(formatted.text).toMatch(/^(?:\d+(?: \d+)*)?$/);
          expect(digitsOf(formatted.text).length).toBeLessThanOrEqual(19);
        },
      ),
    );
  });
});

// The model: a list of digits and how many of them stand before the caret. It knows nothing of gaps.
type Model = { digits: string; index: number };
type Step =
  | { do: 'move'; to: number }
  | { do: 'type'; digit: string }
  | { do: 'paste'; digits: string; select: number }
  | { do: 'backspace' }
  | { do: 'delete' }
  | { do: 'cut'; select: number; backward: boolean };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('move' as const), to: fc.nat() }),
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('type' as const), digit: fc.stringMatching(/^\d$/) }),
    },
    fc.record({ do: fc.constant('paste' as const), digits, select: fc.nat({ max: 9 }) }),
    { weight: 2, arbitrary: fc.record({ do: fc.constant('backspace' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const) }) },
    fc.record({
      do: fc.constant('cut' as const),
      select: fc.nat({ max: 9 }),
      backward: fc.boolean(),
    }),
  ),
  { maxLength: 40 },
);

function most(number: string): number {
  return longestLength(detectBrand(number));
}

/** What a browser does to a text field, and the edit it reports. */
function browse(edit: Edit, step: Exclude<Step, { do: 'move' }>): { after: Edit; kind: EditKind } {
  const [head, tail] = [edit.text.slice(0, edit.caret), edit.text.slice(edit.caret)];
  const put = (text: string, rest: string) => ({
    text: head + text + rest,
    caret: head.length + text.length,
  });
  switch (step.do) {
    case 'type':
      return { after: put(step.digit, tail), kind: 'insert' };
    case 'paste':
      return { after: put(step.digits, tail.slice(step.select)), kind: 'replace' };
    case 'backspace':
      return {
        after: { text: head.slice(0, -1) + tail, caret: Math.max(0, head.length - 1) },
        kind: 'deleteBackward',
      };
    case 'delete':
      return { after: put('', tail.slice(1)), kind: 'deleteForward' };
    case 'cut':
      return {
        after: put('', tail.slice(step.select)),
        kind: step.backward ? 'deleteBackward' : 'deleteForward',
      };
  }
}

function take(model: Model, from: number, to: number): Model {
  return { digits: model.digits.slice(0, from) + model.digits.slice(to), index: from };
}

/** `selected`: how many digits a selection held; a cut of a gap alone takes the digit beyond it. */
function advance(model: Model, step: Exclude<Step, { do: 'move' }>, edit: Edit): Model {
  const { index } = model;
  const width = 'select' in step ? step.select : 0;
  const selectedText = edit.text.slice(edit.caret, edit.caret + width);
  const selected = digitsOf(selectedText).length;
  const backspaced = take(model, Math.max(0, index - 1), index);
  switch (step.do) {
    case 'type': {
      const typed = model.digits.slice(0, index) + step.digit + model.digits.slice(index);
      return typed.length > most(typed) ? model : { digits: typed, index: index + 1 };
    }
    case 'paste': {
      const rest = take(model, index, index + selected).digits;
      const pasted = rest.slice(0, index) + step.digits + rest.slice(index);
      const kept = pasted.slice(0, most(pasted));
      return { digits: kept, index: Math.min(index + step.digits.length, kept.length) };
    }
    case 'backspace':
      return backspaced;
    case 'delete':
      return take(model, index, index + 1);
    case 'cut':
      if (selected > 0 || selectedText === '') return take(model, index, index + selected);
      return step.backward ? backspaced : take(model, index, index + 1);
  }
}

test('does what a list of digits with a caret would do, through any sequence of edits', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      let edit: Edit = { text: '', caret: 0 };
      let model: Model = { digits: '', index: 0 };
      for (const step of sequence) {
        if (step.do === 'move') {
          edit = { ...edit, caret: step.to % (edit.text.length + 1) };
          model = { ...model, index: digitsBeforeCaret(edit) };
          continue;
        }
        const { after, kind } = browse(edit, step);
        model = advance(model, step, edit);
        edit = formatNumber(after, kind, edit);
        expect({ digits: digitsOf(edit.text), index: digitsBeforeCaret(edit) }).toStrictEqual(
          model,
        );
      }
    }),
    { numRuns: 3000 },
  );
});

test('empties any number by Backspace alone, one digit a press', () => {
  fc.assert(
    fc.property(digits, (number) => {
      let edit = formatNumber({ text: number, caret: number.length }, 'replace');
      for (let left = digitsOf(edit.text).length; left > 0; left--) {
        expect(digitsOf(edit.text)).toHaveLength(left);
        const { after, kind } = browse(edit, { do: 'backspace' });
        edit = formatNumber(after, kind, edit);
      }
      expect(edit).toStrictEqual({ text: '', caret: 0 });
    }),
  );
});
