import { HASH_BYTES } from './hashing.ts';

/** A proof that ends too early, or holds something that is no hash. */
export class ProofBroken extends Error {
  override readonly name = 'ProofBroken';
}

/** Hands out the hashes of a proof, each once and in order. */
export class ProofReader {
  readonly #hashes: readonly Uint8Array[];
  #at = 0;

  constructor(hashes: readonly Uint8Array[]) {
    this.#hashes = hashes;
  }

  next(): Uint8Array {
    const hash = this.#hashes[this.#at++];
    if (hash?.length !== HASH_BYTES) throw new ProofBroken();
    return hash;
  }

  /** What is left over was put there by somebody who has no use for it, or hopes for one. */
  get isUsedUp(): boolean {
    return this.#at === this.#hashes.length;
  }
}

/** Whether a check holds; a broken proof is one that does not. */
export function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof ProofBroken) return false;
    throw error;
  }
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  // Both are public: there is no time to hide.
  return Buffer.compare(a, b) === 0;
}
