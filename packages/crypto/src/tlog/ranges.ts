import { nodeHash } from './hashing.ts';

/** Leaves from `begin` up to, and without, `end`. */
export type Range = { readonly begin: number; readonly end: number };

/** A whole subtree of 2^level leaves, the `index`-th of its level; it never changes once it is there. */
export type TreeNode = { readonly level: number; readonly index: number };

/** The largest power of two below `size`: where RFC 6962 cuts a tree of two leaves or more. */
export function cut(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/**
 * The whole subtrees that a range consists of, from left to right. The range must be one that a proof
 * names: it begins at a multiple of the power of two that it fits in.
 *
 * @example wholeNodes({ begin: 0, end: 7 }) // 4 leaves, 2 leaves, 1 leaf
 */
export function wholeNodes({ begin, end }: Range): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = begin; at < end; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/**
 * The hash of a range from those of its whole subtrees.
 *
 * @throws RangeError without any.
 */
export function joinNodes(hashes: readonly Uint8Array[]): Uint8Array {
  const [last, ...others] = hashes.toReversed();
  if (last === undefined) throw new RangeError('a range has one subtree or more');
  return others.reduce((right, left) => nodeHash(left, right), last);
}
