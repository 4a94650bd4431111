import { concatBytes } from '@noble/hashes/utils.js';
import { CryptoError } from '../crypto-error.ts';
import { GCM_TAG_BYTES } from './aes-gcm.ts';
import { DATA_KEY_ID_BYTES } from './data-key.ts';

/** version 1 | data key id 16 | salt 16 | commitment 32 | ciphertext and tag 16, in bytes. */
export type EnvelopeParts = {
  readonly dataKeyId: Uint8Array;
  readonly salt: Uint8Array;
  readonly commitment: Uint8Array;
  readonly ciphertext: Uint8Array;
};

export const ENVELOPE_VERSION = 1;
export const SALT_BYTES = 16;
export const COMMITMENT_BYTES = 32;

const SALT_AT = 1 + DATA_KEY_ID_BYTES;
const COMMITMENT_AT = SALT_AT + SALT_BYTES;
const CIPHERTEXT_AT = COMMITMENT_AT + COMMITMENT_BYTES;

export function joinEnvelope({ dataKeyId, salt, commitment, ciphertext }: EnvelopeParts) {
  return concatBytes(Uint8Array.of(ENVELOPE_VERSION), dataKeyId, salt, commitment, ciphertext);
}

/** Throws CryptoError `envelope_invalid` for another version or too few bytes. */
export function splitEnvelope(blob: Uint8Array): EnvelopeParts {
  if (blob[0] !== ENVELOPE_VERSION || blob.length < CIPHERTEXT_AT + GCM_TAG_BYTES) {
    throw new CryptoError('envelope_invalid');
  }
  return {
    dataKeyId: blob.subarray(1, SALT_AT),
    salt: blob.subarray(SALT_AT, COMMITMENT_AT),
    commitment: blob.subarray(COMMITMENT_AT, CIPHERTEXT_AT),
    ciphertext: blob.subarray(CIPHERTEXT_AT),
  };
}
