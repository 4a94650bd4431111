import { ROWS } from './brand-table.ts';
import { parseRanges, type Range, touches } from './range.ts';

/** A network by its own mark; `unknown` when the digits lie in no published range. */
export type Brand = (typeof ROWS)[number][0];

/**
 * The rules of one brand. `lengths`: permitted counts of digits, ascending. `gaps`: after how many
 * digits a space stands, for the shortest length; longer numbers are grouped by four.
 * `codeLabel`: what the network calls its security code.
 */
export type BrandRule = {
  brand: Brand;
  label: string;
  lengths: readonly number[];
  gaps: readonly number[];
  codeLength: 3 | 4;
  codeLabel: (typeof ROWS)[number][4];
  luhn: boolean;
};

/** Gaps of every number that its brand does not group in its own way. */
export const BY_FOUR: readonly number[] = [4, 8, 12, 16];

const RULES = new Map<Brand, BrandRule>();
const RANGES: (Range & { brand: Brand })[] = [];

for (const [brand, label, lengths, ranges, codeLabel, exceptions] of ROWS) {
  RULES.set(brand, {
    brand,
    label,
    lengths: parseRanges(lengths).flatMap(eachLength),
    gaps: BY_FOUR,
    codeLength: 3,
    codeLabel,
    luhn: true,
    ...exceptions,
  });
  for (const range of parseRanges(ranges)) RANGES.push({ ...range, brand });
}

function eachLength({ low, high }: Range): number[] {
  return Array.from({ length: Number(high) - Number(low) + 1 }, (_, step) => Number(low) + step);
}

/**
 * The rules of a brand. A name outside the table gets the rules of `unknown`, which block nothing.
 *
 * @example brandRule('amex').codeLength // 4
 */
export function brandRule(brand: Brand): BrandRule {
  const rule = RULES.get(brand) ?? RULES.get('unknown');
  if (!rule) throw new RangeError('The brand table has no row for unknown numbers.');
  return rule;
}

/**
 * Brands the number may turn out to have, best first; empty when none.
 *
 * First stands the brand of the most specific range that the digits already fill; broader ranges
 * around it are out. After it, nearest first, stand the narrower ranges that more digits may reach.
 *
 * @example detectBrands('2') // ['mastercard', 'mir']
 */
export function detectBrands(digits: string): readonly Brand[] {
  if (digits === '') return [];
  const touched = RANGES.filter((range) => touches(digits, range));
  const byWidth = touched.sort((a, b) => a.low.length - b.low.length);
  const filled = byWidth.findLast((range) => range.low.length <= digits.length);
  const pending = byWidth.filter((range) => range.low.length > digits.length);
  return [...new Set([...(filled ? [filled] : []), ...pending].map((range) => range.brand))];
}

/**
 * The brand to show and to judge by.
 *
 * It is told as soon as the digits fill a range ('4' is Visa although some longer ranges in it are
 * Elo: those take over once their own digits are there) or when one candidate is left ('35' can
 * only become JCB). Until then, and outside every range, it is `unknown`.
 *
 * @example detectBrand('42') // 'visa'
 */
export function detectBrand(digits: string): Brand {
  const candidates = detectBrands(digits);
  const [best = 'unknown'] = candidates;
  const told = candidates.length === 1 || RANGES.some((range) => fills(digits, range, best));
  return told ? best : 'unknown';
}

function fills(digits: string, range: Range & { brand: Brand }, brand: Brand): boolean {
  return range.brand === brand && range.low.length <= digits.length && touches(digits, range);
}

/** How many digits a number of this brand may have at most; 19 when the brand is unknown. */
export function longestLength(brand: Brand): number {
  return Math.max(...brandRule(brand).lengths);
}

/** Numbers of these come in any length; no shorter one can be taken as done. */
const ANY_LENGTH = /^(maestro|unionpay|unknown)$/;

/** The length that nearly all numbers of this brand have, although a few may be longer or shorter. */
export function usualLength(brand: Brand): number {
  const longest = longestLength(brand);
  return ANY_LENGTH.test(brand) ? longest : Math.min(16, longest);
}
