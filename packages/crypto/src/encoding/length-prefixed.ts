import { concatBytes } from '@noble/hashes/utils.js';
import { asciiBytes } from './ascii.ts';

const MAX_PART_BYTES = 0xffff;

/**
 * Joins parts so that no two different lists share an encoding: each part is preceded by its length
 * as uint16 big-endian. Plain concatenation would let `("ab","c")` pass for `("a","bc")`.
 *
 * @throws RangeError when a part is longer than 65,535 bytes or a string is not printable ASCII.
 */
export function lengthPrefixed(parts: readonly (string | Uint8Array)[]): Uint8Array {
  return concatBytes(...parts.flatMap(prefixedPart));
}

function prefixedPart(part: string | Uint8Array): Uint8Array[] {
  const bytes = typeof part === 'string' ? asciiBytes(part) : part;
  if (bytes.length > MAX_PART_BYTES) throw new RangeError('part is too long to be length-prefixed');
  return [Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes];
}

/** Big-endian bytes of a safe non-negative integer. Throws RangeError when it does not fit. */
export function uintBytes(value: number, size: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** size) {
    throw new RangeError(`expected an unsigned integer of ${size} bytes`);
  }
  const bytes = new Uint8Array(size);
  for (let rest = value, at = size - 1; at >= 0; at--, rest = Math.floor(rest / 256)) {
    bytes[at] = rest % 256;
  }
  return bytes;
}
