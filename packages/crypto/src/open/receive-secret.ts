import { createHash, decapsulate, diffieHellman, type KeyObject, randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { combine, splitEnc } from '../hpke/xwing.ts';
import { serverSha3 } from './primitives.ts';
import { mlKemPrivateKey, rawPublicKey, x25519PrivateKey, x25519PublicKey } from './native-keys.ts';

const SEED_BYTES = 32;

/**
 * A receive key ready for use: the halves are native key objects, imported once and to be cached,
 * and hidden from inspection and serialisation. `publicKey` has 1,216 bytes.
 */
export class ReceiveSecret {
  readonly publicKey: Uint8Array;
  readonly #mlKem: KeyObject;
  readonly #x25519: KeyObject;
  readonly #x25519Public: Uint8Array;

  constructor(seed: Uint8Array) {
    if (seed.length !== SEED_BYTES) throw new RangeError('a receive seed has 32 bytes');
    const expanded = createHash('shake256', { outputLength: 96 }).update(seed).digest();
    this.#mlKem = mlKemPrivateKey(expanded.subarray(0, 64));
    this.#x25519 = x25519PrivateKey(expanded.subarray(64));
    expanded.fill(0);
    this.#x25519Public = rawPublicKey(this.#x25519, 32);
    this.publicKey = concatBytes(rawPublicKey(this.#mlKem, 1184), this.#x25519Public);
  }

  /** Decapsulate of X-Wing §5.5. Throws for a wrong size or an X25519 point of low order. */
  decapsulate(enc: Uint8Array): Uint8Array {
    const { mlKem, x25519 } = splitEnc(enc);
    const secrets = {
      mlKem: decapsulate(this.#mlKem, mlKem),
      x25519: diffieHellman({ privateKey: this.#x25519, publicKey: x25519PublicKey(x25519) }),
    };
    return combine(serverSha3, secrets, x25519, this.#x25519Public);
  }
}

/** A fresh 32-byte X-Wing seed, from which the whole key pair is derived. Wrap it, then zero it. */
export function generateReceiveSeed(): Uint8Array {
  return Uint8Array.from(randomBytes(SEED_BYTES));
}

/**
 * Expands a seed (X-Wing §5.2: SHAKE256 to ML-KEM's `d || z` and X25519's scalar) into native keys.
 * The caller zeroes the seed.
 *
 * @throws RangeError unless the seed has 32 bytes.
 * @example const secret = importReceiveSeed(unwrapKey(kek, label, wrapped));
 */
export function importReceiveSeed(seed: Uint8Array): ReceiveSecret {
  return new ReceiveSecret(seed);
}
