import { concatBytes } from '@noble/hashes/utils.js';

/** HMAC-SHA256, injected: noble in a browser, `node:crypto` in the vault. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

/** Output length of SHA-256 in bytes (`Nh` of RFC 9180). */
export const HASH_BYTES = 32;

/** HKDF-Extract (RFC 5869 §2.2). */
export function extract(hmac: Hmac, salt: Uint8Array, ikm: Uint8Array): Uint8Array {
  return hmac(salt, ikm);
}

/** HKDF-Expand (RFC 5869 §2.3). Throws RangeError beyond 255 blocks. */
export function expand(hmac: Hmac, prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > 255 * HASH_BYTES) throw new RangeError('HKDF output is limited to 255 blocks');
  const blocks = Math.ceil(length / HASH_BYTES);
  const output = new Uint8Array(blocks * HASH_BYTES);
  let previous: Uint8Array = new Uint8Array(0);
  for (let block = 1; block <= blocks; block++) {
    previous = hmac(prk, concatBytes(previous, info, Uint8Array.of(block)));
    output.set(previous, (block - 1) * HASH_BYTES);
  }
  return output.subarray(0, length);
}
