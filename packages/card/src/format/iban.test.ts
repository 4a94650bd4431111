import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ibanOf } from '../iban.ts';
import type { Edit, EditKind } from './edit.ts';
import { formatIban } from './iban.ts';

/** Reads 'ab|cd' as text with a caret. */
function at(marked: string): Edit {
  return { text: marked.replace('|', ''), caret: marked.indexOf('|') };
}

function show({ text, caret }: Edit): string {
  return `${text.slice(0, caret)}|${text.slice(caret)}`;
}

describe('formatIban', () => {
  test.each<[before: string, after: string, EditKind, formatted: string]>([
    ['|', 'd|', 'insert', 'D|'],
    ['DE8|', 'DE89|', 'insert', 'DE89|'],
    ['DE89|', 'DE893|', 'insert', 'DE89 3|'],
    ['DE89| 3704', 'DE891| 3704', 'insert', 'DE89 1|370 4'],
    ['DE8|9 3704', 'DE81|9 3704', 'insert', 'DE81 |9370 4'],
    ['DE89 |3', 'DE89|3', 'deleteBackward', 'DE8|3'],
    ['DE89| 3704', 'DE89|3704', 'deleteForward', 'DE89| 704'],
    ['DE89 3|', 'DE89 |', 'deleteBackward', 'DE89|'],
    ['|', 'de89 3704 0044 0532 0130 00|', 'replace', 'DE89 3704 0044 0532 0130 00|'],
    ['|', 'DE89370400440532013000999|', 'replace', 'DE89 3704 0044 0532 0130 00|'],
    [
      'DE89 3704 0044 0532 0130 00|',
      'DE89 3704 0044 0532 0130 001|',
      'insert',
      'DE89 3704 0044 0532 0130 00|',
    ],
  ])('turns %j, then %j by %s, into %j', (before, after, kind, formatted) => {
    expect(show(formatIban(at(after), kind, at(before)))).toBe(formatted);
  });

  test('changes nothing about what it has formatted, and loses no sign of it', () => {
    const raw = fc.string({ unit: fc.constantFrom(...'DEGB0123456789 -x٣'), maxLength: 40 });
    const kinds = fc.constantFrom<EditKind>('insert', 'deleteBackward', 'deleteForward', 'replace');
    fc.assert(
      fc.property(raw, fc.nat({ max: 40 }), kinds, (text, caret, kind) => {
        const once = formatIban({ text, caret: Math.min(caret, text.length) }, kind);
        expect(formatIban(once, kind)).toStrictEqual(once);
        expect(ibanOf(text).startsWith(ibanOf(once.text))).toBe(true);
        expect(once.caret).toBeLessThanOrEqual(once.text.length);
      }),
      { numRuns: 3000 },
    );
  });
});
