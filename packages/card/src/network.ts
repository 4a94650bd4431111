import { type Brand, detectBrand } from './brand.ts';
import { SECOND_MARKS } from './brand-table.ts';
import { parseRanges, touches } from './range.ts';

const SECOND = SECOND_MARKS.flatMap(([ranges, brand]) =>
  parseRanges(ranges).map((range) => ({ ...range, brand })),
);

/**
 * Networks a number may run on, as far as public ranges tell: its brand first, then a second mark
 * of a co-badged range. Empty when the brand is unknown. Issuers co-badge far more than is public;
 * a vault with an issuer table knows better.
 *
 * @example networks('4571000000000001') // ['visa', 'dankort']
 */
export function networks(digits: string): readonly Brand[] {
  const brand = detectBrand(digits);
  if (brand === 'unknown') return [];
  const second = SECOND.filter(
    (range) => range.low.length <= digits.length && touches(digits, range),
  );
  return [brand, ...second.map((range) => range.brand)];
}
