import { slashed, visibleExpiry } from './expiry-text.ts';
import type { Verdict } from './verdict.ts';

/** `month` 1 to 12, `year` with four digits. */
export type Expiry = { month: number; year: number };

/** `expiry` is there when the text names one; `expired` when its last day has passed everywhere. */
export type ExpiryVerdict = Verdict & { expiry?: Expiry; expired: boolean };

const SPELLINGS = [
  /^(?<month>\d\d?)\/(?<year>\d{4}|\d\d)$/,
  /^(?<month>\d\d)(?<year>\d{4}|\d\d)$/,
  /^(?<year>\d{4})\/(?<month>\d\d?)$/,
  /^(?<year>\d{4})(?<month>\d\d)$/,
];
const YEARS_AHEAD = 20;
const MONTHS_AHEAD = YEARS_AHEAD * 12;
const TWELVE_HOURS_MS = 12 * 60 * 60 * 1000;

function canonical(text: string): string {
  return slashed(visibleExpiry(text).trim());
}

/**
 * Reads an expiry in any common spelling, or `undefined`: MM/YY, MM / YYYY, M/YY, M/YYYY, MMYY,
 * MMYYYY, YYYY-MM, YYYYMM, with slashes, dashes, dots or spaces, direction marks, and full-width,
 * Arabic-Indic or Devanagari digits. Six digits are MMYYYY where that gives a month. Two-digit
 * years lie in 2000 to 2099.
 *
 * @example parseExpiry('03/2031') // { month: 3, year: 2031 }
 */
export function parseExpiry(text: string): Expiry | undefined {
  const plain = canonical(text);
  for (const spelling of SPELLINGS) {
    const { month = '', year = '' } = spelling.exec(plain)?.groups ?? {};
    const expiry = { month: Number(month), year: Number(year) + (year.length === 2 ? 2000 : 0) };
    if (expiry.month >= 1 && expiry.month <= 12 && expiry.year >= 1000) return expiry;
  }
  return undefined;
}

function spell(monthIndex: number): string[] {
  const year = String(Math.floor(monthIndex / 12));
  const month = String((monthIndex % 12) + 1);
  const padded = month.padStart(2, '0');
  const years = year.startsWith('20') ? [year, year.slice(2)] : [year];
  return [
    ...years.flatMap((y) => [`${month}/${y}`, `${padded}/${y}`, `${padded}${y}`]),
    `${year}/${month}`,
    `${year}/${padded}`,
    `${year}${padded}`,
  ];
}

/**
 * Judges an expiry at the time `now` (a date, or milliseconds since 1970).
 *
 * A card is good through the last day of its month, in the last timezone where that day ends
 * (UTC-12): no shopper is refused on a day that is still good where they are. More than 20 years
 * ahead is a typing error.
 *
 * @example judgeExpiry('12 / 2', Date.UTC(2026, 0)) // { valid: false, potentiallyValid: true, expired: false }
 */
export function judgeExpiry(text: string, now: Date | number): ExpiryVerdict {
  const there = new Date(Number(now) - TWELVE_HOURS_MS);
  const current = there.getUTCFullYear() * 12 + there.getUTCMonth();
  const expiry = parseExpiry(text);
  const index = expiry && expiry.year * 12 + expiry.month - 1;
  const valid = index !== undefined && index >= current && index <= current + MONTHS_AHEAD;
  const expired = index !== undefined && index < current;
  const potentiallyValid = valid || startsGoodExpiry(canonical(text), current);
  return { valid, potentiallyValid, expired, ...(expiry && { expiry }) };
}

// Tries every good month in every spelling: about two thousand comparisons, and no second grammar
// that could disagree with the one above.
function startsGoodExpiry(plain: string, current: number): boolean {
  for (let index = current; index <= current + MONTHS_AHEAD; index++) {
    if (spell(index).some((spelled) => spelled.startsWith(plain))) return true;
  }
  return false;
}
