import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpiry } from '../expiry.ts';
import { digitsBeforeCaret, type Edit, type EditKind } from './edit.ts';
import { formatExpiry } from './expiry.ts';

/** Reads 'ab|cd' as text with a caret. */
function at(marked: string): Edit {
  return { text: marked.replace('|', ''), caret: marked.indexOf('|') };
}

function show({ text, caret }: Edit): string {
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
}

function insert(edit: Edit, text: string): Edit {
  const caret = edit.caret + text.length;
  const typed = edit.text.slice(0, edit.caret) + text + edit.text.slice(edit.caret);
  return formatExpiry({ text: typed, caret }, 'insert', edit);
}

function backspace(edit: Edit): Edit {
  const caret = Math.max(0, edit.caret - 1);
  const text = edit.text.slice(0, caret) + edit.text.slice(edit.caret);
  return formatExpiry({ text, caret }, 'deleteBackward', edit);
}

function type(keys: string): Edit {
  return [...keys].reduce(insert, { text: '', caret: 0 });
}

describe('typing', () => {
  test.each([
    ['0', '0|'],
    ['1', '1|'],
    ['2', '02 / |'],
    ['9', '09 / |'],
    ['01', '01 / |'],
    ['12', '12 / |'],
    ['13', '01 / 3|'],
    ['1/', '01 / |'],
    ['1 ', '01 / |'],
    ['0/', '0|'],
    ['/', '|'],
    ['12/', '12 / |'],
    ['12/30', '12 / 30|'],
    ['1230', '12 / 30|'],
    ['1/30', '01 / 30|'],
    ['530', '05 / 30|'],
    ['5/2030', '05 / 30|'],
    ['12 / 2030', '12 / 30|'],
    ['12/20', '12 / 20|'],
    ['12/203', '12 / 203|'],
    ['122030', '12 / 30|'],
    ['12305', '12 / 30|'],
    ['00', '00 / |'],
    ['x1y2', '12 / |'],
    ['٠٥٣٠', '05 / 30|'],
  ])('%j gives %j', (keys, formatted) => {
    expect(show(type(keys))).toBe(formatted);
  });
});

describe('pasting and filling', () => {
  test.each([
    '05/30',
    '5/30',
    '05 / 2030',
    '0530',
    '052030',
    '2030-05',
    '203005',
    ' 05.30\n',
    '\u200f٠٥/٣٠',
    '０５／２０３０',
    'exp. 05/30',
    'exp 5/30',
    '5/3/0',
  ])('%j gives 05 / 30', (text) => {
    const edit = formatExpiry({ text, caret: text.length }, 'replace', at('|'));
    expect(show(edit)).toBe('05 / 30|');
  });

  test.each([
    ['12', '12 / |'],
    ['12/3', '12 / 3|'],
    ['12/1999', '12 / 1999|'],
    ['12/3025', '12 / 3025|'],
    ['nothing', '|'],
  ])('%j gives %j', (text, formatted) => {
    expect(show(formatExpiry({ text, caret: text.length }, 'replace', at('|')))).toBe(formatted);
  });
});

describe('editing', () => {
  test.each<[before: string, after: string, EditKind, formatted: string]>([
    ['12 / 3|', '12 / |', 'deleteBackward', '12 / |'],
    ['12 / |', '12 /|', 'deleteBackward', '1|'],
    ['12 / |34', '12 /|34', 'deleteBackward', '1| / 34'],
    ['12| / 34', '1| / 34', 'deleteBackward', '1| / 34'],
    ['1| / 34', '| / 34', 'deleteBackward', '| / 34'],
    ['| / 34', '1| / 34', 'insert', '1| / 34'],
    ['1| / 34', '11| / 34', 'insert', '11 / |34'],
    ['| / 34', '5| / 34', 'insert', '05 / |34'],
    ['1|2 / 34', '|2 / 34', 'deleteBackward', '|2 / 34'],
    ['|2 / 34', '1|2 / 34', 'insert', '1|2 / 34'],
    ['|2 / 34', '0|2 / 34', 'insert', '0|2 / 34'],
    ['12| / 34', '12|/ 34', 'deleteForward', '12| / 4'],
    ['12 / |34', '12 / |4', 'deleteForward', '12 / |4'],
    ['12| / 34', '12|', 'deleteBackward', '12|'],
    ['12 / |', '12|', 'deleteBackward', '1|'],
    ['12|', '123|', 'insert', '12 / 3|'],
    ['12 / 34|', '12 / 345|', 'insert', '12 / 34|'],
    ['12 / |34', '12 / 5|34', 'insert', '12 / |34'],
    ['12| / 34', '125| / 34', 'insert', '12| / 34'],
    ['12 / 203|', '12 / 2031|', 'insert', '12 / 31|'],
    ['12 / 2|03', '12 / 20|03', 'insert', '12 / |03'],
    [' / |34', ' / |4', 'deleteForward', ' / |4'],
    ['12 / 34|', '|', 'deleteBackward', '|'],
    ['0|', '|', 'deleteBackward', '|'],
  ])('turns %j, then %j by %s, into %j', (before, after, kind, formatted) => {
    expect(show(formatExpiry(at(after), kind, at(before)))).toBe(formatted);
  });
});

const KINDS: readonly EditKind[] = ['insert', 'deleteBackward', 'deleteForward', 'replace'];
const kinds = fc.constantFrom(...KINDS);
const raw = fc.string({ unit: fc.constantFrom(...'0123456789/ -x٣\u200f'), maxLength: 12 });

describe('formatExpiry', () => {
  test('changes nothing about what it has formatted', () => {
    fc.assert(
      fc.property(raw, fc.nat({ max: 12 }), kinds, (text, caret, kind) => {
        const once = formatExpiry({ text, caret: Math.min(caret, text.length) }, kind);
        expect(formatExpiry(once, kind)).toStrictEqual(once);
        expect(formatExpiry(once, kind, once)).toStrictEqual(once);
      }),
      { numRuns: 5000 },
    );
  });

  test('spells every date that can be read as it reads it', () => {
    const month = fc.integer({ min: 1, max: 12 });
    const year = fc.integer({ min: 2000, max: 2099 });
    fc.assert(
      fc.property(month, year, fc.constantFrom('/', ' / ', '-'), (m, y, gap) => {
        const text = `${m}${gap}${y}`;
        for (const kind of ['replace', 'insert'] as const) {
          const formatted = formatExpiry({ text, caret: text.length }, kind);
          expect(parseExpiry(formatted.text)).toStrictEqual({ month: m, year: y });
          expect(formatted.caret).toBe(formatted.text.length);
        }
      }),
    );
  });

  test('writes a month and a year, and a caret within them, whatever was there', () => {
    fc.assert(
      fc.property(raw, fc.nat({ max: 12 }), kinds, (text, caret, kind) => {
        const formatted = formatExpiry({ text, caret: Math.min(caret, text.length) }, kind);
        expect(formatted.text).toMatch(/^(?:\d{0,2}|\d{2} \/ |\d{0,2} \/ \d{1,4})$/);
        expect(formatted.caret).toBeGreaterThanOrEqual(0);
        expect(formatted.caret).toBeLessThanOrEqual(formatted.text.length);
      }),
      { numRuns: 3000 },
    );
  });

  test('takes one digit a Backspace, from anywhere, until none stands before the caret', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\d/]{0,6}$/), fc.nat(), (keys, where) => {
        const typed = type(keys);
        let edit = { ...typed, caret: where % (typed.text.length + 1) };
        for (let left = digitsBeforeCaret(edit); left > 0; left--) {
          edit = backspace(edit);
          expect(digitsBeforeCaret(edit)).toBe(left - 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
