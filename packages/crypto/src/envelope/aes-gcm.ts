import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';

const CIPHER = 'aes-256-gcm';
/** Always the full tag: a truncated one is a forgery made cheaper (SP 800-38D appendix C). */
export const GCM_TAG_BYTES = 16;
const OPTIONS = { authTagLength: GCM_TAG_BYTES } as const;

// A key object made for the call is a third of the cost of passing the bytes.
/** AES-256-GCM; the tag follows the ciphertext. */
export function gcmEncrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(CIPHER, createSecretKey(key), nonce, OPTIONS);
  cipher.setAAD(aad);
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** Throws when the tag does not fit; nothing unauthenticated is returned. */
export function gcmDecrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const end = ciphertext.length - GCM_TAG_BYTES;
  if (end < 0) throw new RangeError('ciphertext is shorter than its tag');
  const decipher = createDecipheriv(CIPHER, createSecretKey(key), nonce, OPTIONS);
  decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(end));
  const plaintext = decipher.update(ciphertext.subarray(0, end));
  decipher.final();
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
}
