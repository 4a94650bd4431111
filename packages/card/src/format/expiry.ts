import { parseExpiry } from '../expiry.ts';
import { slashed, visibleExpiry } from '../expiry-text.ts';
import {
  deleteThroughGap,
  digitsBeforeCaret,
  digitsGained,
  type Edit,
  type EditKind,
  isDelete,
} from './edit.ts';

const GAP = ' / ';

/** Digits on either side of the separator; `split` tells whether there is one. */
type Parts = { month: string; year: string; split: boolean };

/**
 * Writes an expiry as 'MM / YY' after an `input` event and keeps the caret behind its digit.
 *
 * - Typing: '2' to '9' become '02 / ' and so on, '13' becomes '01 / 3', '1/' becomes '01 / '; a
 *   year typed as 20YY is shortened. Digits beyond are refused.
 * - Paste, autofill: every spelling that {@link parseExpiry} reads. A year outside 2000 to 2099
 *   keeps its four digits, as two of them would mean another year.
 * - Delete: nothing is padded or moved, so a month can be emptied and typed anew.
 *
 * `after` and `before` as for `formatNumber`.
 *
 * @example formatExpiry({ text: '2030-05', caret: 7 }, 'replace') // { text: '05 / 30', caret: 7 }
 */
export function formatExpiry(after: Edit, kind: EditKind, before?: Edit): Edit {
  const edit = deleteThroughGap(after, kind, before);
  const plain = plainExpiry(edit.text, kind);
  const pasted = kind === 'replace' ? wholeExpiry(plain, after) : undefined;
  if (pasted) return pasted;
  const typed = partsOf(plain);
  const flowed = flow(typed, kind);
  const most = kind === 'insert' && !flowed.year.startsWith('20') ? 2 : 4;
  const refused = kind === 'insert' && flowed.year.length > most;
  if (before && refused && digitsGained(edit, before) > 0) return { ...before };
  const padded = flowed.month.length + flowed.year.length - typed.month.length - typed.year.length;
  const year = flowed.year.slice(0, most);
  const shortened = year.length === 4 && year.startsWith('20') ? 2 : 0;
  const parts = { ...flowed, year: year.slice(shortened) };
  const raw = digitsBeforeCaret(edit);
  const index = raw > 0 ? raw + padded : raw;
  const month = parts.month.length;
  const moved = index > month ? Math.max(month, index - shortened) : index;
  return place(parts, moved, edit, kind);
}

/** Digits and slashes. A slash at the start says that the month is missing, unless pasted with junk. */
function plainExpiry(text: string, kind: EditKind): string {
  const plain = slashed(visibleExpiry(text).trimStart()).replace(/[^\d/]/g, '');
  return kind === 'replace' ? plain.replace(/^\/+/, '') : plain;
}

function wholeExpiry(plain: string, after: Edit): Edit | undefined {
  const expiry = parseExpiry(plain);
  if (!expiry) return undefined;
  const { month, year } = expiry;
  const short = year >= 2000 && year < 2100 ? String(year).slice(2) : String(year);
  const text = String(month).padStart(2, '0') + GAP + short;
  return { text, caret: text === after.text ? after.caret : text.length };
}

function partsOf(plain: string): Parts {
  const cut = plain.indexOf('/');
  if (cut < 0) return { month: plain, year: '', split: false };
  return { month: plain.slice(0, cut), year: plain.slice(cut).replaceAll('/', ''), split: true };
}

/** Pads a month that can only have one digit and lets what it cannot hold flow into the year. */
function flow(parts: Parts, kind: EditKind): Parts {
  const { month, year, split } = parts;
  const [first = '', second = ''] = month;
  if (isDelete(kind) && (month.length < 2 || (split && month.length === 2))) return parts;
  // A lone 1 before a typed year may still become 10, 11 or 12; a pasted one is January.
  const closed = split && (year === '' || kind === 'replace') && first === month && first > '0';
  const single = first > '1' || (first === '1' && second > '2') || closed;
  const head = single ? `0${first}` : month.slice(0, 2);
  return { month: head, year: month.slice(single ? 1 : 2) + year, split };
}

function place(parts: Parts, index: number, edit: Edit, kind: EditKind): Edit {
  const { month, year, split } = parts;
  const deleting = isDelete(kind);
  const open = year === '' && (month.length < 2 || (deleting && !split));
  if (open) return { text: month, caret: Math.min(index, month.length) };
  const text = month + GAP + year;
  const inYear = plainExpiry(edit.text.slice(0, edit.caret), kind).includes('/');
  const goesBehind = inYear || (!deleting && month.length === 2);
  const behind = index > month.length || (index === month.length && goesBehind);
  return { text, caret: Math.min(behind ? index + GAP.length : index, text.length) };
}
