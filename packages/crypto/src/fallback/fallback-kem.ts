import { x25519 } from '@noble/curves/ed25519.js';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { concatBytes, randomBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { combine, splitPublicKey } from '../hpke/xwing.ts';
import type { Kem } from '../seal/kem.ts';

const SEED_BYTES = 64;

/**
 * X-Wing in plain JavaScript, for engines whose WebCrypto lacks ML-KEM-768 or X25519.
 *
 * @example const sealed = await seal({ kem: fallbackKem, publicKey, aad, plaintext });
 */
export const fallbackKem: Kem = {
  path: 'fallback',
  encapsulate: async (publicKey) => {
    const seed = randomBytes(SEED_BYTES);
    try {
      return encapsulateWith(publicKey, seed);
    } finally {
      seed.fill(0);
    }
  },
};

/** EncapsulateDerand of X-Wing §5.4; apart from its random seed so that published vectors run. */
export function encapsulateWith(publicKey: Uint8Array, seed: Uint8Array) {
  const recipient = splitPublicKey(publicKey);
  const mlKem = ml_kem768.encapsulate(recipient.mlKem, seed.subarray(0, 32));
  const ephemeralSecret = seed.subarray(32, SEED_BYTES);
  const ephemeral = x25519.getPublicKey(ephemeralSecret);
  const secrets = {
    mlKem: mlKem.sharedSecret,
    x25519: x25519.getSharedSecret(ephemeralSecret, recipient.x25519),
  };
  return {
    sharedSecret: combine(sha3_256, secrets, ephemeral, recipient.x25519),
    enc: concatBytes(mlKem.cipherText, ephemeral),
  };
}
