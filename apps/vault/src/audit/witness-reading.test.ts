import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { Frontier, leafHash, signCheckpoint } from '@hushfield/crypto/tlog';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { grown } from './grown.ts';
import { originOf } from './log-name.ts';
import { readWitness, witnessedAt, witnessLine } from './witness-file.ts';

const key = importSigningSeed(generateSigningSeed());
const trust = { name: 'hushfield/witness', keys: [key.publicKey] };
const folder = mkdtempSync(join(tmpdir(), 'hushfield-witness-'));
const file = join(folder, 'witness.jsonl');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Entries more; or a later epoch that keeps a part of what is known, with entries more in its first state. */
type Step = { readonly more: number; readonly keeps?: number };
const steps = fc.array(
  fc.record(
    { more: fc.integer({ min: 1, max: 9 }), keeps: fc.double({ min: 0, max: 1, noNaN: true }) },
    { requiredKeys: ['more'] },
  ),
  { minLength: 1, maxLength: 12 },
);

const rootOf = (leaves: readonly Uint8Array[]) => grown(new Frontier(), Buffer.concat(leaves)).root;

/** The file that a witness writes over all this, and what it knows after each line. */
function written(all: readonly Step[]) {
  let leaves: Uint8Array[] = [];
  let epoch = 0;
  let named = 0;
  const lines: string[] = [];
  const known: Uint8Array[][] = [];
  for (const { more, keeps } of all) {
    const before = leaves;
    const last = { origin: originOf(trust.name, epoch), size: before.length, root: rootOf(before) };
    const from = keeps === undefined ? before.length : Math.floor(keeps * before.length);
    if (keeps !== undefined) epoch += 7;
    const fresh = Array.from({ length: more }, () => leafHash(Buffer.from(`${(named += 1)}`)));
    leaves = [...before.slice(0, from), ...fresh];
    const state = {
      origin: originOf(trust.name, epoch),
      size: leaves.length,
      root: rootOf(leaves),
    };
    const note = signCheckpoint(key, keeps === undefined ? state : { ...state, after: last });
    lines.push(witnessLine({ from, note, leaves: Buffer.concat(fresh) }));
    known.push(leaves);
  }
  return { lines, known, leaves, epochs: epoch / 7 };
}

describe('a witness file of several epochs', () => {
  test('says what its last line says, in any order of growing and giving up', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (all, where) => {
        const { lines, leaves, epochs } = written(all);
        writeFileSync(file, lines.join(''));
        const seen = await readWitness(file, trust, true);
        expect(seen).toMatchObject({
          states: lines.length,
          epoch: epochs * 7,
          faults: [],
          torn: 0,
        });
        expect(seen.epochs).toHaveLength(epochs);
        expect(Buffer.from(seen.leaves)).toStrictEqual(Buffer.concat(leaves));
        expect(seen.frontier.root).toStrictEqual(rootOf(leaves));
        const size = where % (leaves.length + 1);
        const earlier = await witnessedAt(file, trust, size);
        expect(earlier?.root).toStrictEqual(rootOf(leaves.slice(0, size)));
        expect(await witnessedAt(file, trust, leaves.length + 1)).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test('attacks: knows nothing that was not signed, whichever of its lines somebody leaves or moves', async () => {
    const picked = fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, picked, async (all, places) => {
        const { lines, known } = written(all);
        writeFileSync(file, places.map((place) => lines[place % lines.length]).join(''));
        const seen = await readWitness(file, trust, true);
        const all0 = [[], ...known].map((leaves) => Buffer.concat(leaves));
        expect(all0.some((each) => each.equals(Buffer.from(seen.leaves)))).toBe(true);
        const { root } = grown(new Frontier(), seen.leaves);
        expect(seen.frontier.root).toStrictEqual(root);
      }),
      { numRuns: 100 },
    );
  });

  test('attacks: goes on with no state under a name that has ended, even where its entries fit', async () => {
    const { lines, leaves } = written([{ more: 3 }, { more: 1, keeps: 1 }]);
    const fresh = leafHash(Buffer.from('under the old name'));
    const state = { origin: trust.name, size: leaves.length + 1, root: rootOf([...leaves, fresh]) };
    const line = { from: leaves.length, note: signCheckpoint(key, state), leaves: fresh };
    writeFileSync(file, [...lines, witnessLine(line)].join(''));
    const { faults, frontier } = await readWitness(file, trust, false);
    expect(faults).toStrictEqual(['line 3 is of an epoch that has ended']);
    expect(frontier.size).toBe(leaves.length);
  });

  test('is read as often as it was put back, and once more for no line that leads nowhere', async () => {
    const { lines } = written([{ more: 9 }, { more: 1, keeps: 0.5 }]);
    const [first = '', second = ''] = lines;
    const none = second.replace(/"leaves":"..../, '"leaves":"AAAA');
    writeFileSync(file, first + none.repeat(50) + second);
    const { faults, epoch } = await readWitness(file, trust, false);
    expect(faults).toHaveLength(50);
    expect(faults[0]).toBe('line 2 has hashes that do not make the state that was signed');
    expect(epoch).toBe(7);
  });
});
