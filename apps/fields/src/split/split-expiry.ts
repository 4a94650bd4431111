import type { Edit, EditKind } from '@hushfield/card';

/** Text and caret of one input as they should stand, and what the expiry is then. */
export type HalfEdit = { readonly half: Edit; readonly whole: string };

/** How the document writes an expiry after an edit; see `formatExpiry`. */
export type Format = (after: Edit, kind: EditKind, before: Edit) => Edit;

const GAP = ' / ';
/** Any month, so that a year can be written by the rules of a whole expiry. */
const ANY_MONTH = `12${GAP}`;

/** @example halvesOf('12 / 30') // ['12', '30'] */
export function halvesOf(whole: string): readonly [month: string, year: string] {
  const [month = '', year = ''] = whole.split('/');
  return [month.trim(), year.trim()];
}

/** @example join('12', '') // '12 / ' */
export function join(month: string, year: string): string {
  return month + year === '' ? '' : `${month}${GAP}${year}`;
}

/**
 * An edit of the month. What it cannot hold flows into an empty year; a whole expiry that is pasted or filled
 * fills both.
 *
 * @example editMonth({ text: '5', caret: 1 }, 'insert', …) // { half: { text: '05', caret: 2 }, whole: '05 / ' }
 */
export function editMonth(
  after: Edit,
  kind: EditKind,
  before: { readonly half: Edit; readonly whole: string },
  format: Format,
): HalfEdit {
  const [, held] = halvesOf(before.whole);
  const [month, flowed] = halvesOf(format(after, kind, before.half).text);
  // A browser that fills in the first month means it whole.
  const filled = kind === 'replace' && /^[1-9]$/.test(month) ? `0${month}` : month;
  const year = kind === 'replace' ? flowed || held : held || flowed;
  const caret = filled === after.text ? after.caret : filled.length;
  return {
    half: { text: filled, caret: Math.min(caret, filled.length) },
    whole: join(filled, year),
  };
}

/**
 * An edit of the year, written as 20YY or YY.
 *
 * @example editYear({ text: '2030', caret: 4 }, 'replace', …) // { half: { text: '30', caret: 2 }, whole: '12 / 30' }
 */
export function editYear(
  after: Edit,
  kind: EditKind,
  before: { readonly half: Edit; readonly whole: string },
  format: Format,
): HalfEdit {
  const behind = ({ text, caret }: Edit): Edit => ({
    text: ANY_MONTH + text,
    caret: ANY_MONTH.length + caret,
  });
  const isWhole = kind === 'replace' && /\d\D+\d/.test(after.text);
  const edit = isWhole
    ? format(after, kind, before.half)
    : format(behind(after), kind, behind(before.half));
  const [month, year] = halvesOf(edit.text);
  const [held] = halvesOf(before.whole);
  const caret = Math.max(0, edit.caret - ANY_MONTH.length);
  return {
    half: { text: year, caret: Math.min(caret, year.length) },
    whole: join(isWhole ? month : held, year),
  };
}
