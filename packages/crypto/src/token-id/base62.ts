import { crc32 } from './crc32.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE = ALPHABET.length;
// The largest multiple of 62 in a byte: taking the remainder of larger ones would favour eight digits.
const UNBIASED = 248;
const CHECK_DIGITS = 6;

/** Random base62 digits, each equally likely; `randomBytes` must be cryptographic. */
export function randomBase62(digits: number, randomBytes: (size: number) => Uint8Array): string {
  let text = '';
  while (text.length < digits) {
    for (const byte of randomBytes(digits + 8)) {
      if (byte < UNBIASED && text.length < digits) text += ALPHABET[byte % BASE];
    }
  }
  return text;
}

/** `text` followed by its CRC-32 in six base62 digits. */
export function withCheck(text: string): string {
  let digits = '';
  for (let rest = crc32(text), at = 0; at < CHECK_DIGITS; at++, rest = Math.floor(rest / BASE)) {
    digits = (ALPHABET[rest % BASE] ?? '') + digits;
  }
  return text + digits;
}

/** Whether the last six digits are the check of all before them. */
export function hasCheck(text: string): boolean {
  return withCheck(text.slice(0, -CHECK_DIGITS)) === text;
}
