import { randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { CryptoError } from '../crypto-error.ts';
import { lengthPrefixed } from '../encoding/length-prefixed.ts';
import { GCM_TAG_BYTES, gcmDecrypt, gcmEncrypt } from './aes-gcm.ts';

const LABEL = 'hushfield/v1/wrapped-key';
const VERSION = 1;
const NONCE_BYTES = 12;
const CIPHERTEXT_AT = 1 + NONCE_BYTES;

/**
 * Wraps a key under a key-directory KEK: AES-256-GCM with a random nonce, bound to `label` (what
 * the key is for and whose). 29 bytes longer than the key.
 *
 * @throws RangeError unless the KEK has 32 bytes, the key at least one and the label is printable
 * ASCII.
 * @example wrapKey(kek, `data-key/${tenant}/pan/${id}`, dataKey.key)
 */
export function wrapKey(kek: Uint8Array, label: string, key: Uint8Array): Uint8Array {
  requireKek(kek);
  if (key.length === 0) throw new RangeError('there is no key to wrap');
  const nonce = randomBytes(NONCE_BYTES);
  const ciphertext = gcmEncrypt(kek, nonce, lengthPrefixed([LABEL, label]), key);
  return concatBytes(Uint8Array.of(VERSION), nonce, ciphertext);
}

/**
 * Unwraps what {@link wrapKey} made under the same KEK and label.
 *
 * @throws CryptoError `wrapped_key_invalid` for every possible cause alike; RangeError unless the
 * KEK has 32 bytes.
 * @example const seed = unwrapKey(kek, `receive-seed/${kid}`, row.wrapped);
 */
export function unwrapKey(kek: Uint8Array, label: string, blob: Uint8Array): Uint8Array {
  requireKek(kek);
  if (blob[0] !== VERSION || blob.length <= CIPHERTEXT_AT + GCM_TAG_BYTES) {
    throw new CryptoError('wrapped_key_invalid');
  }
  try {
    const nonce = blob.subarray(1, CIPHERTEXT_AT);
    return gcmDecrypt(kek, nonce, lengthPrefixed([LABEL, label]), blob.subarray(CIPHERTEXT_AT));
  } catch {
    throw new CryptoError('wrapped_key_invalid');
  }
}

function requireKek(kek: Uint8Array): void {
  if (kek.length !== 32) throw new RangeError('a KEK has 32 bytes');
}
