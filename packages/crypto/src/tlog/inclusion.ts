import { HASH_BYTES, nodeHash } from './hashing.ts';
import { holds, ProofReader, sameHash } from './proof-reader.ts';
import { cut, type Range } from './ranges.ts';

/**
 * What a proof consists of that an entry is in the log: ranges whose hashes, innermost first, lead from
 * the entry to the root (PATH of RFC 6962 §2.1.1).
 *
 * @param begin - where the tree begins; 0 for a whole log.
 * @throws RangeError unless the index is in the tree.
 */
export function inclusionPath(index: number, size: number, begin = 0): Range[] {
  if (!isIn(index, size)) throw new RangeError('no such entry in a log of that size');
  if (size === 1) return [];
  const half = cut(size);
  return index < half
    ? [...inclusionPath(index, half, begin), { begin: begin + half, end: begin + size }]
    : [...inclusionPath(index - half, size - half, begin + half), { begin, end: begin + half }];
}

/** Whether a proof shows that an entry stands at an index of the log that has this root. */
export function verifyInclusion(claim: {
  readonly index: number;
  readonly size: number;
  /** Of the entry. */
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): boolean {
  const { index, size, leaf, root, proof } = claim;
  if (!isIn(index, size) || leaf.length !== HASH_BYTES) return false;
  return holds(() => {
    const reader = new ProofReader(proof);
    return sameHash(climb(index, size, leaf, reader), root) && reader.isUsedUp;
  });
}

function climb(index: number, size: number, leaf: Uint8Array, proof: ProofReader): Uint8Array {
  if (size === 1) return leaf;
  const half = cut(size);
  if (index < half) {
    const left = climb(index, half, leaf, proof);
    return nodeHash(left, proof.next());
  }
  const right = climb(index - half, size - half, leaf, proof);
  return nodeHash(proof.next(), right);
}

function isIn(index: number, size: number): boolean {
  return Number.isSafeInteger(size) && Number.isSafeInteger(index) && 0 <= index && index < size;
}
