import { EMPTY_ROOT, nodeHash } from './hashing.ts';
import { holds, ProofReader, sameHash } from './proof-reader.ts';
import { cut, type Range } from './ranges.ts';

/**
 * What a proof consists of that a log is the continuation of an earlier, smaller one (SUBPROOF of RFC 6962
 * §2.1.2): ranges whose hashes, innermost first, make both roots.
 *
 * @throws RangeError unless the earlier log has an entry and is no larger.
 */
export function consistencyPath(earlier: number, later: number): Range[] {
  if (!isSubtree({ begin: 0, end: earlier }, later)) throw new RangeError('no earlier log');
  return subpath(earlier, { begin: 0, end: later }, true);
}

function subpath(earlier: number, { begin, end }: Range, isKnown: boolean): Range[] {
  const size = end - begin;
  if (earlier === size) return isKnown ? [] : [{ begin, end }];
  const middle = begin + cut(size);
  return begin + earlier <= middle
    ? [...subpath(earlier, { begin, end: middle }, isKnown), { begin: middle, end }]
    : [
        ...subpath(earlier - (middle - begin), { begin: middle, end }, false),
        { begin, end: middle },
      ];
}

/**
 * Whether a proof shows that the later log begins with all of the earlier one. Every log continues an empty
 * one, so that saying it of one is refused: it would show nothing.
 */
export function verifyConsistency(claim: {
  readonly earlier: { readonly size: number; readonly root: Uint8Array };
  readonly later: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}): boolean {
  const { earlier, later, proof } = claim;
  if (earlier.size === 0) return false;
  const subtree = { begin: 0, end: earlier.size, root: earlier.root };
  return verifySubtree({ subtree, log: later, proof });
}

/** Whether a proof shows that a subtree is a part of the log. Consistency is the case that begins at 0. */
export function verifySubtree(claim: {
  readonly subtree: Range & { readonly root: Uint8Array };
  readonly log: { readonly size: number; readonly root: Uint8Array };
  readonly proof: readonly Uint8Array[];
}): boolean {
  const { subtree, log, proof } = claim;
  if (subtree.begin === subtree.end)
    return sameHash(subtree.root, EMPTY_ROOT) && proof.length === 0;
  if (!isSubtree(subtree, log.size)) return false;
  return holds(() => {
    const reader = new ProofReader(proof);
    const [part, whole] = rebuild(subtree, log.size, subtree.root, reader);
    return sameHash(part, subtree.root) && sameHash(whole, log.root) && reader.isUsedUp;
  });
}

type Both = readonly [part: Uint8Array, whole: Uint8Array];

/** Makes both hashes anew; `known` is the part's own, as long as nothing of it has been cut off. */
function rebuild(
  { begin, end }: Range,
  size: number,
  known: Uint8Array | undefined,
  proof: ProofReader,
): Both {
  if (begin === 0 && end === size) {
    const hash = known ?? proof.next();
    return [hash, hash];
  }
  const half = cut(size);
  if (end <= half) {
    const [part, left] = rebuild({ begin, end }, half, known, proof);
    return [part, nodeHash(left, proof.next())];
  }
  if (half <= begin) {
    const right = { begin: begin - half, end: end - half };
    const [part, whole] = rebuild(right, size - half, known, proof);
    return [part, nodeHash(proof.next(), whole)];
  }
  const [part, whole] = rebuild({ begin: 0, end: end - half }, size - half, undefined, proof);
  const left = proof.next();
  return [nodeHash(left, part), nodeHash(left, whole)];
}

/** A subtree begins at a multiple of the power of two that it fits in. */
function isSubtree({ begin, end }: Range, size: number): boolean {
  if (![begin, end, size].every(Number.isSafeInteger)) return false;
  if (begin < 0 || begin >= end || end > size) return false;
  const width = end - begin === 1 ? 1 : 2 * cut(end - begin);
  return begin % width === 0;
}
