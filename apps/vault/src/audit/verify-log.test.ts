import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leafHash } from '@hushfield/crypto/tlog';
import { leaveEntries, tampered, type TestLog, testLog } from '../../test/audit-log.ts';
import { ENGINES } from '../../test/engines.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import type { Sql } from '../db/sql.ts';
import type { LogTrust } from './log-name.ts';
import { LOGGED_COLUMNS, leafText, parseEntries } from './leaf-text.ts';
import { databaseLog } from './log-source.ts';
import { verifyLog } from './verify-log.ts';

/** `HUSHFIELD_AUDIT_ENTRIES=100000` for the log of the issue; a tampered one is as wrong when it is short. */
const ENTRIES = Number(process.env['HUSHFIELD_AUDIT_ENTRIES'] ?? 1_300);
const RUNS = ENTRIES > 10_000 ? 3 : 25;

/** Rows of a table in the order of their places; `$1` is the place. */
const AT = (what: string) =>
  `${what} FROM audit_leaves l WHERE l.leaf_index = $1 AND l.tenant = e.tenant AND l.entry_id = e.entry_id`;
const flipped = (column: string) => `overlay(${column} PLACING
  CASE WHEN left(${column}, 1) = 'x' THEN 'y' ELSE 'x' END FROM 1 FOR 1)`;
const TEXTS = ['actor', 'action', 'resource', 'outcome', 'origin', 'request_id', 'tenant'];

/** What a superuser may do to one place, without giving a thought to the hashes. */
const TAMPERING: readonly (readonly [name: string, statements: readonly string[]])[] = [
  ...TEXTS.map(
    (column) =>
      [
        `changes a sign of ${column}`,
        [AT(`UPDATE audit_entries e SET ${column} = coalesce(${flipped(`e.${column}`)}, 'x')`)],
      ] as const,
  ),
  [
    'moves an entry by a millionth of a second',
    [AT("UPDATE audit_entries e SET at = at + interval '1 microsecond'")],
  ],
  [
    'empties an origin, or gives one',
    [AT("UPDATE audit_entries e SET origin = CASE WHEN e.origin IS NULL THEN '' END")],
  ],
  [
    'removes an entry',
    [
      `DELETE FROM audit_entries e USING audit_leaves l
       WHERE l.leaf_index = $1 AND l.tenant = e.tenant AND l.entry_id = e.entry_id`,
    ],
  ],
  ['removes a place', ['DELETE FROM audit_leaves WHERE leaf_index = $1']],
  [
    'removes a place and closes the gap',
    [
      'DELETE FROM audit_leaves WHERE leaf_index = $1',
      'UPDATE audit_leaves SET leaf_index = -leaf_index WHERE leaf_index > $1',
      'UPDATE audit_leaves SET leaf_index = -leaf_index - 1 WHERE leaf_index < 0 AND $1 >= 0',
    ],
  ],
  [
    'changes a hash',
    [
      'UPDATE audit_nodes SET hash = set_byte(hash, 31, 255 - get_byte(hash, 31)) WHERE level = 0 AND position = $1',
    ],
  ],
  ['lists an entry elsewhere', ["UPDATE audit_leaves SET resource = 'x' WHERE leaf_index = $1"]],
  [
    'swaps an entry with its neighbour',
    [
      'UPDATE audit_leaves SET leaf_index = -1 WHERE leaf_index = $1',
      'UPDATE audit_leaves SET leaf_index = $1 WHERE leaf_index = $1 + 1',
      'UPDATE audit_leaves SET leaf_index = $1 + 1 WHERE leaf_index = -1',
    ],
  ],
  ['cuts the log off', ['DELETE FROM audit_leaves WHERE leaf_index >= $1']],
  [
    'goes back to when the log was shorter, with all that belongs to it',
    [
      'DELETE FROM audit_leaves WHERE leaf_index >= $1',
      'DELETE FROM audit_checkpoints WHERE size > $1',
      'DELETE FROM audit_nodes WHERE (position + 1) * (1 << level) > $1',
      'UPDATE audit_head SET size = $1',
    ],
  ],
];

describe.each(ENGINES)('a log on %s', (engine) => {
  let it: TestVault;
  let log: TestLog;
  // Read before anything else: within a transaction the embedded engine answers nobody beside it.
  let trust: LogTrust;
  let witnessed: Uint8Array;
  beforeAll(async () => {
    it = await testVault({ engine });
    log = await testLog(it.vault);
    // Several signed states, as time and work go by.
    const parts = 4;
    for (let part = 0; part < parts; part += 1) {
      await leaveEntries(it.vault.sql.owner, ENTRIES / parts, `${part}_`);
      it.time.now += 61_000;
      await log.sequencer.round();
    }
    trust = await log.trust();
    witnessed = (await log.witnessed()).leaves;
  }, 600_000);
  afterAll(() => it.close());

  const verdictOf = async (sql: Sql) => verifyLog(await databaseLog(sql), { trust, witnessed });
  const size = async () => (await databaseLog(it.vault.sql.as('admin'))).size;

  test('is good when nobody has touched it, and the witness has all of it', async () => {
    const all = await size();
    expect(all).toBeGreaterThanOrEqual(ENTRIES);
    const verdict = await verdictOf(it.vault.sql.as('admin'));
    const { frontier, states, faults } = await log.witnessed();
    expect(states).toBeGreaterThanOrEqual(4);
    expect(verdict).toStrictEqual({ good: all, states, covered: all, finding: undefined });
    expect({ size: frontier.size, states, faults }).toStrictEqual({
      size: all,
      states,
      faults: [],
    });
  });

  test.each(TAMPERING)(
    'attacks: names the first wrong entry when somebody %s',
    async (_name, statements) => {
      const all = await size();
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: all - 2 }), async (index) => {
          const { finding } = await tampered(
            it.vault.sql.owner,
            async (sql) => {
              for (const text of statements) await sql.query(text, [index]);
            },
            (sql) => verdictOf(sql),
          );
          expect(finding).toMatchObject({ index, before: index });
        }),
        { numRuns: ENTRIES > 10_000 ? 1 : 5 },
      );
    },
    600_000,
  );

  test('attacks: tells a changed subtree by the first entry under it', async () => {
    const nodes = await it.vault.sql.owner.query('SELECT level, position::int FROM audit_nodes');
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: nodes.length - 1 }), async (at) => {
        const { level, position } = nodes[at] ?? {};
        const { finding } = await tampered(
          it.vault.sql.owner,
          async (sql) => {
            await sql.query(
              `UPDATE audit_nodes SET hash = set_byte(hash, 0, 255 - get_byte(hash, 0))
               WHERE level = $1 AND position = $2`,
              [level, position],
            );
          },
          (sql) => verdictOf(sql),
        );
        expect(finding?.index).toBe(Number(position) * 2 ** Number(level));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  /** Writes an entry over and makes every hash after it fit, as whoever can write the database could. */
  const rewritten = (index: number) => async (sql: Sql) => {
    await sql.query(AT("UPDATE audit_entries e SET outcome = 'never happened'"), [index]);
    const [entry] = parseEntries(
      await sql.query(
        `SELECT ${LOGGED_COLUMNS} FROM audit_entries e JOIN audit_leaves l USING (tenant, entry_id)
         WHERE l.leaf_index = $1`,
        [index],
      ),
    );
    if (entry === undefined) throw new Error('no such entry');
    const hash = Buffer.from(leafHash(Buffer.from(leafText(entry))));
    await sql.query('UPDATE audit_nodes SET hash = $2 WHERE level = 0 AND position = $1', [
      index,
      hash,
    ]);
  };

  test('attacks: names an entry that was written over with its hash, by the witness', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: ENTRIES - 1 }), async (index) => {
        const { finding } = await tampered(it.vault.sql.owner, rewritten(index), (sql) =>
          verdictOf(sql),
        );
        expect(finding).toMatchObject({ index, before: index });
      }),
      { numRuns: 5 },
    );
  }, 600_000);

  test('attacks: without a witness the signed states tell between which it lies', async () => {
    const index = Math.floor(ENTRIES / 2);
    const without = (sql: Sql) =>
      databaseLog(sql).then(({ wrongNode: _none, ...source }) =>
        verifyLog(source, { trust, witnessed: new Uint8Array(0) }),
      );
    const { finding } = await tampered(it.vault.sql.owner, rewritten(index), without);
    expect(finding?.index).toBeLessThanOrEqual(index);
    expect(finding?.before).toBeGreaterThanOrEqual(index);
    expect(finding?.says).toContain('were signed');
  }, 60_000);

  test.each([
    [
      'a sign of a state',
      "UPDATE audit_checkpoints SET note = replace(note, E'\\n\\n', E'0\\n\\n')",
    ],
    [
      'a signature',
      "UPDATE audit_checkpoints SET note = overlay(note PLACING 'AAAA' FROM length(note) - 20 FOR 4)",
    ],
  ])('attacks: does not believe a state after somebody changes %s', async (_name, text) => {
    const { finding } = await tampered(
      it.vault.sql.owner,
      async (sql) => void (await sql.query(text)),
      (sql) => verdictOf(sql),
    );
    expect(finding?.says).toContain('not signed by a key of this log');
  });
});
