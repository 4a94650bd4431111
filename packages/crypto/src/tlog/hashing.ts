import { createHash, hash } from 'node:crypto';

export const HASH_BYTES = 32;

// One byte in front keeps a leaf from being taken for a node, and so an entry for a piece of tree.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The root of a log without entries (RFC 6962 §2.1). */
export const EMPTY_ROOT: Uint8Array = Uint8Array.from(hash('sha256', '', 'buffer'));

/** The hash of one entry (RFC 6962 §2.1). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(LEAF).update(entry).digest());
}

/** The hash of two neighbours (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(NODE).update(left).update(right).digest());
}
