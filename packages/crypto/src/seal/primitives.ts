import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Hmac } from '../hpke/hkdf.ts';

/** HMAC-SHA256 in plain JavaScript: synchronous, and the same in every engine. */
export const browserHmac: Hmac = (key, message) => hmac(sha256, key, message);

/** ChaCha20-Poly1305 (RFC 8439): constant time by construction, without tables. */
export function browserEncrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  return chacha20poly1305(key, nonce, aad).encrypt(plaintext);
}

/** Throws when the tag does not fit. */
export function browserDecrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  return chacha20poly1305(key, nonce, aad).decrypt(ciphertext);
}
