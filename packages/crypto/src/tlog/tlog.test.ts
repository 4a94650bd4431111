import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateSigningSeed, importSigningSeed } from '../manifest/signing-key.ts';
import {
  consistencyPath,
  EMPTY_ROOT,
  Frontier,
  inclusionPath,
  joinNodes,
  leafHash,
  openCheckpoint,
  type Range,
  signCheckpoint,
  verifyConsistency,
  verifyInclusion,
  wholeNodes,
} from './index.ts';

const MOST = 300;
const leafOf = (index: number) => leafHash(Buffer.from(`entry ${index}`));

/** A log that keeps its whole subtrees, as a table would, and its root at every size. */
function logOf(size: number) {
  const frontier = new Frontier();
  const nodes = new Map<string, Uint8Array>();
  const roots = [EMPTY_ROOT];
  for (let index = 0; index < size; index += 1) {
    for (const { level, index: at, hash } of frontier.append(leafOf(index)))
      nodes.set(`${level}/${at}`, hash);
    roots.push(frontier.root);
  }
  const hashOf = (range: Range) =>
    joinNodes(
      wholeNodes(range).map(({ level, index }) => {
        const hash = nodes.get(`${level}/${index}`);
        if (hash === undefined) throw new Error(`no node ${level}/${index}`);
        return hash;
      }),
    );
  return { roots, hashOf };
}

/** RFC 6962 §2.1, word for word: slow, and shares nothing with the code under test but the two hashes. */
function treeHash(begin: number, end: number): Uint8Array {
  if (end - begin === 1) return leafOf(begin);
  let half = 1;
  while (half * 2 < end - begin) half *= 2;
  return joinNodes([treeHash(begin, begin + half), treeHash(begin + half, end)]);
}

describe('a log', () => {
  const { roots, hashOf } = logOf(MOST);
  const rootOf = (size: number) => roots[size] ?? EMPTY_ROOT;
  const sizes = fc.integer({ min: 1, max: MOST });

  test('has the root that the definition gives, at every size', () => {
    for (let size = 1; size <= 70; size += 1) expect(rootOf(size)).toStrictEqual(treeHash(0, size));
    expect(Buffer.from(EMPTY_ROOT).toString('hex')).toMatch(/^e3b0c44298fc1c14/);
  });

  test('goes on from its edge as if it had never stopped', () => {
    for (const size of [1, 2, 3, 7, 8, 100, 255]) {
      const edge = wholeNodes({ begin: 0, end: size }).map(({ level, index }) =>
        hashOf({ begin: index * 2 ** level, end: (index + 1) * 2 ** level }),
      );
      const again = new Frontier(size, edge);
      expect(again.root).toStrictEqual(rootOf(size));
      again.append(leafOf(size));
      expect(again.root).toStrictEqual(rootOf(size + 1));
    }
    expect(() => new Frontier(3, [leafOf(0)])).toThrow(RangeError);
  });

  test('proves every entry, and no entry with a changed byte, index or size', () => {
    const places = sizes.chain((size) =>
      fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 }), fc.nat(), fc.nat(7)),
    );
    fc.assert(
      fc.property(places, ([size, index, where, bit]) => {
        const proof = inclusionPath(index, size).map(hashOf);
        const claim = { index, size, leaf: leafOf(index), root: rootOf(size), proof };
        expect(verifyInclusion(claim)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: leafOf(index + 1) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: [...proof, leafOf(0)] })).toBe(false);
        if (size > 1) expect(verifyInclusion({ ...claim, index: (index + 1) % size })).toBe(false);
        if (proof.length === 0) return;
        expect(verifyInclusion({ ...claim, proof: proof.slice(1) })).toBe(false);
        expect(verifyInclusion({ ...claim, proof: flipped(proof, where, bit) })).toBe(false);
      }),
    );
  });

  test('proves that it continues every earlier state of itself, and no other', () => {
    const pairs = sizes.chain((later) =>
      fc.tuple(fc.integer({ min: 1, max: later }), fc.constant(later), fc.nat(), fc.nat(7)),
    );
    fc.assert(
      fc.property(pairs, ([first, last, where, bit]) => {
        const proof = consistencyPath(first, last).map(hashOf);
        const earlier = { size: first, root: rootOf(first) };
        const later = { size: last, root: rootOf(last) };
        expect(verifyConsistency({ earlier, later, proof })).toBe(true);
        const other = { size: first, root: leafOf(MOST + 1) };
        expect(verifyConsistency({ earlier: other, later, proof })).toBe(false);
        if (proof.length === 0) return;
        const broken = flipped(proof, where, bit);
        expect(verifyConsistency({ earlier, later, proof: broken })).toBe(false);
        expect(verifyConsistency({ earlier, later, proof: proof.slice(0, -1) })).toBe(false);
      }),
    );
  });

  test('shows nothing by an empty earlier state', () => {
    const earlier = { size: 0, root: EMPTY_ROOT };
    const claim = { earlier, later: { size: 5, root: rootOf(5) }, proof: [] };
    expect(verifyConsistency(claim)).toBe(false);
    expect(() => consistencyPath(0, 5)).toThrow(RangeError);
    expect(() => inclusionPath(5, 5)).toThrow(RangeError);
  });
});

function flipped(proof: readonly Uint8Array[], where: number, bit: number): Uint8Array[] {
  const at = where % proof.length;
  return proof.map((hash, index) => {
    if (index !== at) return hash;
    const copy = Uint8Array.from(hash);
    copy[where % copy.length] = (copy[where % copy.length] ?? 0) ^ (1 << bit);
    return copy;
  });
}

describe('a checkpoint', () => {
  const key = importSigningSeed(generateSigningSeed());
  const origin = 'vault.example/audit';
  const note = signCheckpoint(key, { origin, size: 3, root: leafOf(1) });

  test('reads as it was signed', () => {
    expect(openCheckpoint(note, origin, key.publicKey)).toStrictEqual({
      origin,
      size: 3,
      root: leafOf(1),
    });
    const [first, second, third, blank, signature] = note.split('\n');
    expect([first, second, blank]).toStrictEqual([origin, '3', '']);
    expect(third).toBe(Buffer.from(leafOf(1)).toString('base64'));
    expect(signature).toMatch(/^\u2014 vault\.example\/audit [A-Za-z0-9+/]{91}=$/);
  });

  test('may be signed by witnesses too', () => {
    const witnessed = `${note}\u2014 witness.example ${'A'.repeat(91)}=\n`;
    expect(openCheckpoint(witnessed, origin, key.publicKey)?.size).toBe(3);
  });

  test.each<[string, string]>([
    ['another size', note.replace('\n3\n', '\n4\n')],
    ['another origin', note.replaceAll('vault.example', 'other.example')],
    ['a size with a zero in front', note.replace('\n3\n', '\n03\n')],
    ['a line more', note.replace('\n\n', '\nmore\n\n')],
    ['no signature', note.slice(0, note.indexOf('\n\n') + 2)],
    ['no last newline', note.slice(0, -1)],
    ['nothing', ''],
    ['much', `${note}${'\u2014 a b\n'.repeat(2_000)}`],
  ])('attacks: is not read with %s', (_name, changed) => {
    expect(openCheckpoint(changed, origin, key.publicKey)).toBeUndefined();
  });

  test('attacks: is not read under another key', () => {
    const other = importSigningSeed(generateSigningSeed());
    expect(openCheckpoint(note, origin, other.publicKey)).toBeUndefined();
  });

  test('signs nothing that no reader would take', () => {
    const sign = (change: object) => () =>
      signCheckpoint(key, { origin, size: 3, root: leafOf(1), ...change });
    expect(sign({ origin: 'a b' })).toThrow(RangeError);
    expect(sign({ size: -1 })).toThrow(RangeError);
    expect(sign({ root: new Uint8Array(31) })).toThrow(RangeError);
  });
});
