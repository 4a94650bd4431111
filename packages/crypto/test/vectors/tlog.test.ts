import { describe, expect, test } from 'vitest';
import { verifyConsistency, verifyInclusion, verifySubtree } from '../../src/tlog/index.ts';
import { absent, load, report } from './load.ts';

type Case = {
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
  readonly leafIdx?: number;
  readonly leafHash?: string;
  readonly treeSize?: number;
  readonly size?: number;
  readonly size1?: number;
  readonly size2?: number;
  readonly start?: number;
  readonly end?: number;
  readonly root?: string;
  readonly root1?: string;
  readonly root2?: string;
};

const bytes = (text: string | undefined) => Uint8Array.from(Buffer.from(text ?? '', 'base64'));

/** A log that continues another, a subtree in a log, or an entry in either. */
function verified(each: Case): boolean {
  const proof = (each.proof ?? []).map(bytes);
  const { start = 0, end = each.treeSize ?? 0, leafIdx, size1, size2 = 0 } = each;
  if (size1 !== undefined) {
    const earlier = { size: size1, root: bytes(each.root1) };
    return verifyConsistency({ earlier, later: { size: size2, root: bytes(each.root2) }, proof });
  }
  if (leafIdx === undefined) {
    const log = { size: each.size ?? 0, root: bytes(each.root2) };
    return verifySubtree({ subtree: { begin: start, end, root: bytes(each.root1) }, log, proof });
  }
  const [index, size] = [leafIdx - start, end - start];
  return verifyInclusion({
    index,
    size,
    leaf: bytes(each.leafHash),
    root: bytes(each.root),
    proof,
  });
}

describe.skipIf(absent)('transparency log vectors', () => {
  test('every proof agrees', () => {
    const cases = Object.entries(load<Record<string, Case>>('tlog/rfc6962_merkle_proofs.json'));
    const wrong = cases.filter(([, each]) => verified(each) === each.wantErr);
    expect(wrong.map(([name]) => name)).toStrictEqual([]);
    report('rfc6962 proofs', cases.length);
  });
});
