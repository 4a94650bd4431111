import { randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { CryptoError } from '../crypto-error.ts';
import { lengthPrefixed, uintBytes } from '../encoding/length-prefixed.ts';
import { GCM_TAG_BYTES, gcmDecrypt, gcmEncrypt } from './aes-gcm.ts';

const LABEL = 'hushfield/v1/wrapped-key';
const NONCE_BYTES = 12;
const VERSION = 2;
const NUMBER_AT = 1;
const NONCE_AT = NUMBER_AT + 4;

/** A KEK in memory. Numbers count up from 1; each rotation makes the next. */
export type KekBytes = { readonly number: number; readonly key: Uint8Array };

/**
 * What a wrapped key says without its KEK: `version 1 | KEK number 4 | nonce 12 | ciphertext and tag`,
 * in bytes. A device that keeps the KEK to itself makes and opens `ciphertext` with AES-256-GCM.
 */
export type WrappedParts = {
  readonly kek: number;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
};

/** Writes the parts of a wrapped key. */
export function joinWrapped({ kek, nonce, ciphertext }: WrappedParts): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uintBytes(kek, 4), nonce, ciphertext);
}

/**
 * Reads the parts of a wrapped key, without opening it. The first version had no number: its KEK is 1.
 *
 * @throws CryptoError `wrapped_key_invalid`.
 */
export function splitWrapped(blob: Uint8Array): WrappedParts {
  const at = blob[0] === 1 ? NUMBER_AT : NONCE_AT;
  const known = blob[0] === 1 || blob[0] === VERSION;
  if (!known || blob.length <= at + NONCE_BYTES + GCM_TAG_BYTES) {
    throw new CryptoError('wrapped_key_invalid');
  }
  const kek = at === NUMBER_AT ? 1 : Buffer.from(blob).readUInt32BE(NUMBER_AT);
  return {
    kek,
    nonce: blob.subarray(at, at + NONCE_BYTES),
    ciphertext: blob.subarray(at + NONCE_BYTES),
  };
}

/** The AAD of a wrapped key: it opens under no other label. Printable ASCII, else RangeError. */
export function wrapContext(label: string): Uint8Array {
  return lengthPrefixed([LABEL, label]);
}

/** A nonce for one wrapping. */
export function wrapNonce(): Uint8Array {
  return Uint8Array.from(randomBytes(NONCE_BYTES));
}

/**
 * Wraps a key under a key-directory KEK: AES-256-GCM with a random nonce, bound to `label` (what
 * the key is for and whose). 33 bytes longer than the key.
 *
 * @throws RangeError unless the KEK has 32 bytes, the key at least one and the label is printable
 * ASCII.
 * @example wrapKey({ number: 1, key: kek }, `data-key/${tenant}/pan/${id}`, dataKey.key)
 */
export function wrapKey(kek: KekBytes, label: string, key: Uint8Array): Uint8Array {
  requireKek(kek.key);
  if (key.length === 0) throw new RangeError('there is no key to wrap');
  const nonce = wrapNonce();
  const ciphertext = gcmEncrypt(kek.key, nonce, wrapContext(label), key);
  return joinWrapped({ kek: kek.number, nonce, ciphertext });
}

/**
 * Unwraps what {@link wrapKey} made under the same KEK and label.
 *
 * @throws CryptoError `wrapped_key_invalid` for every possible cause alike; RangeError unless the
 * KEK has 32 bytes.
 * @example const seed = unwrapKey({ number: 1, key: kek }, `receive-seed/${kid}`, blob);
 */
export function unwrapKey(kek: KekBytes, label: string, blob: Uint8Array): Uint8Array {
  requireKek(kek.key);
  const parts = splitWrapped(blob);
  if (parts.kek !== kek.number) throw new CryptoError('wrapped_key_invalid');
  try {
    return gcmDecrypt(kek.key, parts.nonce, wrapContext(label), parts.ciphertext);
  } catch {
    throw new CryptoError('wrapped_key_invalid');
  }
}

function requireKek(kek: Uint8Array): void {
  if (kek.length !== 32) throw new RangeError('a KEK has 32 bytes');
}
