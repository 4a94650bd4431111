import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** An Ed25519 key that signs without showing itself; `publicKey` has 32 bytes. */
export type SigningKey = {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
};

/** A fresh 32-byte Ed25519 seed. Wrap it or take it offline, then zero it. */
export function generateSigningSeed(): Uint8Array {
  return Uint8Array.from(randomBytes(SEED_BYTES));
}

/**
 * Imports an Ed25519 seed (RFC 8032 §5.1.5). The caller zeroes the seed.
 *
 * @throws RangeError unless the seed has 32 bytes.
 * @example const root = importSigningSeed(seed); root.publicKey
 */
export function importSigningSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== SEED_BYTES) throw new RangeError('a signing seed has 32 bytes');
  const der = Buffer.concat([ED25519_PKCS8, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: Uint8Array.from(spki.subarray(-32)),
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  };
}
