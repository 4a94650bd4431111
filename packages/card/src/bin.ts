/** A shorter number shows no more than six, or too little of it would be hidden beside its last four. */
const LONG = 16;
const OF_SHORTER = 6;

/**
 * The first digits of a number that may be seen beside its last four (PCI DSS 3.4.1; PCI SSC FAQ 1091).
 *
 * @param number - digits only, also of a number that is still being typed.
 * @param digits - how many may be seen at most: 0, 6 or 8.
 * @returns six or eight digits; nothing where none may be seen, or there are not as many yet.
 *
 * @example
 * binOf('4242424242424242', 8); // '42424242'
 * binOf('378282246310005', 8); // '378282'
 */
export function binOf(number: string, digits: number): string | undefined {
  const shown = number.length < LONG ? Math.min(digits, OF_SHORTER) : digits;
  return shown > 0 && number.length >= shown ? number.slice(0, shown) : undefined;
}
