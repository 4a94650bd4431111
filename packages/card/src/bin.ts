import { detectBrand, usualLength } from './brand.ts';

/** The length of which eight digits may be seen beside the last four (PCI SSC FAQ 1091). */
const LENGTH_OF_EIGHT = 16;
const OF_OTHERS = 6;
/** The last four, and four that stay hidden at least: of Maestro's twelve only two would, which Luhn makes one. */
const BEHIND = 8;

/**
 * The first digits of a number that may be seen beside its last four (PCI DSS 3.4.1): eight of sixteen, six of any
 * other, and none of a number of which that would leave too little to guess. Six too where sixteen may be the beginning
 * of a longer number.
 *
 * @param number - a whole one, digits only.
 * @param digits - how many may be seen at most: 0, 6 or 8.
 *
 * @example
 * binOf('4242424242424242', 8); // '42424242'
 * binOf('378282246310005', 8); // '378282'
 */
export function binOf(number: string, digits: number): string | undefined {
  const isSixteen =
    number.length === LENGTH_OF_EIGHT && usualLength(detectBrand(number)) === LENGTH_OF_EIGHT;
  const shown = isSixteen ? digits : Math.min(digits, OF_OTHERS);
  return shown > 0 && number.length >= shown + BEHIND ? number.slice(0, shown) : undefined;
}
