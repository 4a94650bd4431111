const MOST = 4;

/**
 * The end of an account number as it may be told: four signs, and never more than half of the number in them.
 *
 * @example lastDigits('000123456789') // '6789'
 * @example lastDigits('123456') // '*456'
 */
export function lastDigits(number: string): string {
  const shown = Math.min(MOST, Math.floor(number.length / 2));
  return number.slice(number.length - shown).padStart(MOST, '*');
}
