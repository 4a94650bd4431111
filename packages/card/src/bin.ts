/** The one length of which eight digits may be seen beside the last four (PCI SSC FAQ 1091). */
const LENGTH_OF_EIGHT = 16;
const OF_OTHERS = 6;
const LAST = 4;
/** So many stay hidden at least; of Maestro's twelve, six and four would leave two, which Luhn makes one. */
const LEAST_HIDDEN = 4;

/**
 * The first digits of a number that may be seen beside its last four (PCI DSS 3.4.1): eight of sixteen, six of any
 * other, and none of a number of which that would leave too little to guess.
 *
 * @param number - a whole one, digits only. The first digits of what is still being typed are digits from anywhere in
 *   it: whoever deletes from the front puts one after the other there.
 * @param digits - how many may be seen at most: 0, 6 or 8.
 *
 * @example
 * binOf('4242424242424242', 8); // '42424242'
 * binOf('378282246310005', 8); // '378282'
 */
export function binOf(number: string, digits: number): string | undefined {
  const shown = number.length === LENGTH_OF_EIGHT ? digits : Math.min(digits, OF_OTHERS);
  const hidden = number.length - shown - LAST;
  return shown > 0 && hidden >= LEAST_HIDDEN ? number.slice(0, shown) : undefined;
}
