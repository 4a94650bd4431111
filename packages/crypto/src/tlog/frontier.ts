import { EMPTY_ROOT, nodeHash } from './hashing.ts';
import { joinNodes, type TreeNode } from './ranges.ts';

/** A subtree that has just become whole. */
export type NewNode = TreeNode & { readonly hash: Uint8Array };

/**
 * The right edge of a growing log: the roots of its whole subtrees, at most one of each size. Enough to
 * add entries and to know the root, however long the log.
 */
export class Frontier {
  #size: number;
  /** From left to right, so from the largest to the smallest. */
  readonly #roots: Uint8Array[];

  /**
   * @param roots - of `wholeNodes({ begin: 0, end: size })`.
   * @throws RangeError when there are more or fewer than a log of that size has.
   */
  constructor(size = 0, roots: readonly Uint8Array[] = []) {
    if (roots.length !== onesIn(size)) throw new RangeError('not the edge of a log of that size');
    this.#size = size;
    this.#roots = [...roots];
  }

  /** One that grows for itself. */
  copy(): Frontier {
    return new Frontier(this.#size, this.#roots);
  }

  get size(): number {
    return this.#size;
  }

  get root(): Uint8Array {
    return this.#size === 0 ? EMPTY_ROOT : joinNodes(this.#roots);
  }

  /** Adds an entry by its hash; gives what became whole by it, the entry's own leaf first. */
  append(leaf: Uint8Array): NewNode[] {
    const index = this.#size;
    const made: NewNode[] = [{ level: 0, index, hash: leaf }];
    let hash = leaf;
    for (let level = 0; Math.floor(index / 2 ** level) % 2 === 1; level += 1) {
      const left = this.#roots.pop();
      if (left === undefined) throw new RangeError('the edge of the log is not whole');
      hash = nodeHash(left, hash);
      made.push({ level: level + 1, index: Math.floor(index / 2 ** (level + 1)), hash });
    }
    this.#roots.push(hash);
    this.#size = index + 1;
    return made;
  }
}

function onesIn(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
