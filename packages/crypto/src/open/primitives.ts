import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hash } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import type { Hmac } from '../hpke/hkdf.ts';
import { TAG_BYTES } from '../hpke/sizes.ts';

const CIPHER = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_BYTES } as const;

// Raw key bytes make each of these calls about three times as dear as a key object made for them.
export const serverHmac: Hmac = (key, message) =>
  createHmac('sha256', createSecretKey(key)).update(message).digest();

export const serverSha3 = (message: Uint8Array): Uint8Array => hash('sha3-256', message, 'buffer');

/** ChaCha20-Poly1305 (RFC 8439); the tag follows the ciphertext. */
export function serverEncrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(CIPHER, createSecretKey(key), nonce, OPTIONS);
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** Throws when the tag does not fit; nothing unauthenticated is returned. */
export function serverDecrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const end = ciphertext.length - TAG_BYTES;
  if (end < 0) throw new RangeError('ciphertext is shorter than its tag');
  const decipher = createDecipheriv(CIPHER, createSecretKey(key), nonce, OPTIONS);
  decipher.setAAD(aad, { plaintextLength: end });
  decipher.setAuthTag(ciphertext.subarray(end));
  const plaintext = decipher.update(ciphertext.subarray(0, end));
  decipher.final();
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
}
