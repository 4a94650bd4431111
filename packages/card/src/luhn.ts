/**
 * Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B).
 * `false` for an empty text or one that holds anything but ASCII digits.
 *
 * @example luhn('4242424242424242') // true
 */
export function luhn(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight++) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += fromRight % 2 ? doubled : digit;
  }
  return sum % 10 === 0;
}
