import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Frontier, wholeNodes } from '@hushfield/crypto/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaveEntries, type TestLog, testLog } from '../../test/audit-log.ts';
import { ENGINES } from '../../test/engines.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { rotateSecret } from '../rotation/rotate-secret.ts';
import { checkpointsFrom, isDue } from './checkpoint-store.ts';
import { writeLog } from './export-file.ts';
import { hashOf, LOGGED_COLUMNS, parseEntries } from './leaf-text.ts';
import { databaseLog } from './log-source.ts';
import { logState } from './log-state.ts';
import { sequenceBatch } from './sequence-batch.ts';
import { Sequencer } from './sequencer.ts';
import { verifyLog } from './verify-log.ts';

describe.each(ENGINES)('the sequencer on %s', (engine) => {
  let it: TestVault;
  let log: TestLog;
  let before: number;
  beforeEach(async () => {
    it = await testVault({ engine });
    log = await testLog(it.vault);
    await leaveEntries(it.vault.sql.owner, 7, 'first');
    await log.sequencer.round();
    before = (await state()).size;
  }, 60_000);
  afterEach(() => it.close());

  const state = () => logState(it.vault.sql.as('sequencer'));
  const verdict = async () => {
    const { leaves: witnessed } = await log.witnessed();
    return verifyLog(await databaseLog(it.vault.sql.as('admin')), {
      trust: await log.trust(),
      witnessed,
    });
  };
  const goOn = async (count: number, mark: string) => {
    await leaveEntries(it.vault.sql.owner, count, mark);
    it.time.now += 61_000;
    await log.sequencer.round();
  };

  test('gives what the first start has left a place, and signs that', async () => {
    expect(before).toBeGreaterThan(0);
    expect(await state()).toMatchObject({ waiting: 0, signedSize: before });
    expect((await log.witnessed()).frontier.size).toBe(before);
  });

  test('gives every entry one place, each once, whoever gives them at the same time', async () => {
    await leaveEntries(it.vault.sql.owner, 500);
    await it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    const owners = ['a', 'b', 'c', 'd'];
    const batches = async (owner: string) => {
      let given = 0;
      for (let round = 0; round < 8; round += 1)
        given += (await sequenceBatch(it.vault.sql, owner, { most: 80 }))?.taken ?? 0;
      return given;
    };
    const given = await Promise.all(owners.map(batches));
    expect(given.filter((count) => count > 0)).toHaveLength(1);
    // Whoever begins has the turn for fifteen seconds by the database's clock: the others stood by.
    await it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    const left = 500 - given.reduce((sum, count) => sum + count, 0);
    await log.sequencer.round();
    expect(left).toBeGreaterThanOrEqual(0);
    expect(await state()).toMatchObject({ size: before + 500, waiting: 0 });
    expect((await verdict()).finding).toBeUndefined();
  });

  test('leaves all as it was when it is cut off in the middle', async () => {
    await leaveEntries(it.vault.sql.owner, 30);
    await it.vault.sql.owner.script(
      "ALTER TABLE audit_head ADD CONSTRAINT cut CHECK (size < 20) NOT VALID; UPDATE audit_head SET until = '-infinity'",
    );
    await expect(sequenceBatch(it.vault.sql, 'x')).rejects.toThrow('cut');
    await it.vault.sql.owner.script('ALTER TABLE audit_head DROP CONSTRAINT cut');
    expect(await state()).toMatchObject({ size: before, waiting: 30 });
    await log.sequencer.round();
    expect(await state()).toMatchObject({ size: before + 30, waiting: 0 });
  });

  test('gives a rolled-back act no place, and one that commits late its place then', async () => {
    const { owner } = it.vault.sql;
    await owner
      .transaction(async (sql) => {
        await leaveEntries(sql, 1, 'undone');
        throw new Error('undone');
      })
      .catch(() => {});
    await log.sequencer.round();
    expect((await state()).size).toBe(before);
  });

  test('signs each minute or thousand entries, and not the same twice', async () => {
    await leaveEntries(it.vault.sql.owner, 10, 'a');
    await log.sequencer.round();
    expect((await state()).signedSize).toBe(before);
    await goOn(0, 'b');
    expect((await state()).signedSize).toBe(before + 10);
    await goOn(0, 'c');
    await leaveEntries(it.vault.sql.owner, 1_000, 'd');
    await log.sequencer.round();
    const sizes = (await checkpointsFrom(it.vault.sql.as('admin'), 0, 10)).map(({ size }) => size);
    expect(sizes).toStrictEqual([before, before + 10, before + 1_010]);
  });

  test('tells of an entry that somebody removed before it had its place', async () => {
    await leaveEntries(it.vault.sql.owner, 3);
    await it.vault.sql.owner.script(
      `ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
       DELETE FROM audit_entries WHERE entry_id = 'aud_e2';
       ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only`,
    );
    await log.sequencer.round();
    expect(it.lines.join('')).toContain('an audit entry was removed');
    expect(it.lines.join('')).toContain('aud_e2');
    expect(await state()).toMatchObject({ size: before + 2, waiting: 0 });
  });

  test('tells of entries that have no place for five seconds', async () => {
    await it.vault.sql.owner.query("UPDATE audit_head SET owner = 'x', until = 'infinity'");
    await leaveEntries(it.vault.sql.owner, 3);
    await it.vault.sql.owner.query("UPDATE audit_pending SET noted_at = now() - interval '9 s'");
    it.time.now += 10_000;
    await log.sequencer.round();
    expect(it.lines.join('')).toContain('have no place in the log for more than five seconds');
  });

  test('attacks: signs nothing more when the database was put back to an earlier state', async () => {
    await goOn(20, 'a');
    await it.vault.sql.owner.transaction(async (sql) => {
      await sql.script(`SET LOCAL session_replication_role = replica;
        DELETE FROM audit_leaves WHERE leaf_index >= ${before + 5};
        DELETE FROM audit_checkpoints WHERE size > ${before};
        DELETE FROM audit_nodes WHERE (position + 1) * (1 << level) > ${before + 5};
        UPDATE audit_head SET size = ${before + 5}, until = '-infinity'`);
    });
    await goOn(100, 'b');
    expect(log.sequencer.contradiction).toContain('the witness knows of');
    expect(it.lines.join('')).toContain('contradicts the witness');
    expect((await state()).signedSize).toBe(before);
    expect((await verdict()).finding).toMatchObject({ index: before + 5 });
    // Also when another node has signed the other past.
    const other = await testLog(it.vault);
    it.time.now += 61_000;
    await it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    await other.sequencer.round();
    expect((await state()).signedSize).toBeGreaterThan(before + 20);
    await goOn(1, 'c');
    expect(log.sequencer.contradiction).toBeDefined();
  });

  /** Writes an entry over with every hash above it, as whoever can write the database could. */
  const rewrite = (index: number) =>
    it.vault.sql.owner.transaction(async (sql) => {
      await sql.script(`SET LOCAL session_replication_role = replica;
        UPDATE audit_entries e SET outcome = 'never happened' FROM audit_leaves l
        WHERE l.leaf_index = ${index} AND l.tenant = e.tenant AND l.entry_id = e.entry_id`);
      const rows = await sql.query(
        `SELECT ${LOGGED_COLUMNS} FROM audit_leaves l JOIN audit_entries e USING (tenant, entry_id) ORDER BY leaf_index`,
      );
      const tree = new Frontier();
      const nodes = parseEntries(rows).flatMap((entry) => tree.append(hashOf(entry)));
      await sql.query('DELETE FROM audit_nodes');
      for (const { level, index: at, hash } of nodes)
        await sql.query('INSERT INTO audit_nodes VALUES ($1, $2, $3)', [
          level,
          at,
          Buffer.from(hash),
        ]);
    });

  test('attacks: signs no tree that was made anew over a past that the witness knows', async () => {
    await goOn(20, 'a');
    await rewrite(before + 3);
    const later = new Sequencer({ ...it.vault, witnessFile: log.witnessFile });
    await leaveEntries(it.vault.sql.owner, 20, 'b');
    await it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    it.time.now += 61_000;
    await later.round();
    expect(later.contradiction).toContain('other entries');
    expect((await state()).signedSize).toBe(before + 20);
  });

  test('attacks: neither goes on nor signs when what it has placed a moment ago was changed', async () => {
    await leaveEntries(it.vault.sql.owner, 20, 'a');
    await log.sequencer.round();
    expect(await state()).toMatchObject({ size: before + 20, signedSize: before });
    await rewrite(before + 7);
    await goOn(20, 'b');
    expect(log.sequencer.contradiction).toContain('other entries');
    expect(await state()).toMatchObject({ size: before + 20, signedSize: before, waiting: 20 });
  });

  test('attacks: signs no rewritten log that shows the old edge to whoever asks for it', async () => {
    // At 31 the edge is five subtrees, at 32 it is one other: both can be there at once.
    const [placed, forged] = [31, 32];
    await leaveEntries(it.vault.sql.owner, placed - before, 'a');
    await log.sequencer.round();
    const edge = wholeNodes({ begin: 0, end: placed });
    const honest = await it.vault.sql.owner.query('SELECT level, position, hash FROM audit_nodes');
    await it.vault.sql.owner.transaction(async (sql) => {
      await sql.script(`SET LOCAL session_replication_role = replica;
        INSERT INTO audit_entries SELECT tenant, 'aud_forged', at, actor, action, resource, outcome, origin,
          request_id FROM audit_entries LIMIT 1;
        INSERT INTO audit_leaves SELECT ${placed}, tenant, entry_id, resource FROM audit_entries
          WHERE entry_id = 'aud_forged';
        UPDATE audit_head SET size = ${forged}, until = '-infinity'`);
    });
    await rewrite(before + 3);
    await it.vault.sql.owner.transaction(async (sql) => {
      await sql.script('SET LOCAL session_replication_role = replica');
      for (const { level, position, hash } of honest)
        if (edge.some((node) => node.level === level && node.index === Number(position)))
          await sql.query('UPDATE audit_nodes SET hash = $3 WHERE level = $1 AND position = $2', [
            ...[level, position, Buffer.from(hash as Uint8Array)],
          ]);
    });
    await goOn(0, 'b');
    await goOn(3, 'c');
    expect(log.sequencer.contradiction).toContain('that we placed');
    expect((await state()).signedSize).toBe(before);
  });

  const bogus = (size: string, at: string) =>
    `INSERT INTO audit_checkpoints (size, note, created_at) VALUES (${size}, 'x', '${at}')`;
  test.each([
    ['a state larger than any number', bogus('9223372036854775807', 'now')],
    ['a state of a log that is not there', bogus('1000000', 'now')],
    ['a state of a moment that never comes', bogus('1000000', 'infinity')],
    ['a state with a moment before all others', bogus('1000000', '4713-01-01 BC')],
    ['a log larger than any number', 'UPDATE audit_head SET size = 9223372036854775807'],
  ])('attacks: finds %s, and says so instead of failing for ever', async (_name, statement) => {
    await it.vault.sql.owner.query(statement);
    // An export has it once, and ends.
    const file = join(it.folder, 'bogus.jsonl');
    await writeLog(file, await databaseLog(it.vault.sql.as('admin')));
    expect(readFileSync(file, 'utf8').split('"note":"x"').length).toBeLessThanOrEqual(2);
    await goOn(1, 'a');
    expect(log.sequencer.contradiction).toBeDefined();
    expect(it.lines.join('')).toContain('contradicts the witness');
    expect((await verdict()).finding?.says).toMatch(/missing|not signed by a key/);
    expect((await state()).waiting).toBe(1);
  });

  test.each([
    ['signed states', "UPDATE audit_checkpoints SET created_at = 'infinity'"],
    ['entries that wait', "UPDATE audit_pending SET noted_at = '-infinity'"],
  ])(
    'attacks: goes on when somebody moves the moment of %s out of all time',
    async (_name, text) => {
      await leaveEntries(it.vault.sql.owner, 3, 'a');
      await it.vault.sql.owner.transaction(async (sql) => {
        await sql.script(`SET LOCAL session_replication_role = replica; ${text}`);
      });
      await goOn(1, 'b');
      expect(log.sequencer.contradiction).toBeUndefined();
      expect(await state()).toMatchObject({ waiting: 0, signedSize: before + 4 });
      expect((await verdict()).finding).toBeUndefined();
    },
  );

  test.each(['infinity', '-infinity', '9998-01-01', '1066-10-14'])(
    'attacks: hides no state, and no entry that waits, under the moment %s',
    async (moment) => {
      await leaveEntries(it.vault.sql.owner, 2, 'a');
      await it.vault.sql.owner.transaction(async (sql) => {
        await sql.script(`SET LOCAL session_replication_role = replica;
          UPDATE audit_checkpoints SET created_at = '${moment}'; UPDATE audit_pending SET noted_at = '${moment}'`);
      });
      const { waiting, waitedSeconds, signedSeconds } = await state();
      expect(waiting).toBe(2);
      // Late, whatever it says of itself; and a state of a time to come is told as that by `audit verify`.
      expect(waitedSeconds).toBeGreaterThan(1e8);
      expect(Math.abs(signedSeconds ?? 0)).toBeGreaterThan(1e8);
      expect((signedSeconds ?? 0) < 0).toBe(/^(infinity|9998)/.test(moment));
    },
  );

  test('tells of no state where none was signed', async () => {
    await it.vault.sql.owner.transaction(async (sql) => {
      await sql.script(
        'SET LOCAL session_replication_role = replica; DELETE FROM audit_checkpoints',
      );
    });
    expect(await state()).toMatchObject({ signedSize: 0, signedSeconds: null });
  });

  test('leaves the places to others when its witness file cannot be written, and they sign', async () => {
    rmSync(log.witnessFile);
    mkdirSync(log.witnessFile);
    await leaveEntries(it.vault.sql.owner, 5, 'a');
    it.time.now += 61_000;
    await log.sequencer.round().catch(() => {});
    await leaveEntries(it.vault.sql.owner, 5, 'b');
    await log.sequencer.round().catch(() => {});
    expect((await state()).waiting).toBe(10);
    // Nobody else came.
    await it.vault.sql.owner.query("UPDATE audit_pending SET noted_at = now() - interval '9 s'");
    await expect(log.sequencer.round()).rejects.toThrow('EISDIR');
    expect(await state()).toMatchObject({ waiting: 0, signedSize: before });
    const other = await testLog(it.vault);
    await it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    it.time.now += 61_000;
    await other.sequencer.round();
    expect(await state()).toMatchObject({ waiting: 0, signedSize: before + 10 });
  });

  test('signs a long backlog a thousand at a time, and the rest when it ends', async () => {
    await leaveEntries(it.vault.sql.owner, 2_300, 'a');
    await log.sequencer.round();
    const signed = async () =>
      (await checkpointsFrom(it.vault.sql.as('admin'), before + 1, 10)).map(({ size }) => size);
    expect(await signed()).toStrictEqual([before + 1_000, before + 2_000]);
    await log.sequencer.round({ isLast: true });
    expect(await signed()).toStrictEqual([before + 1_000, before + 2_000, before + 2_300]);
    // Somebody else has the turn at once.
    await leaveEntries(it.vault.sql.owner, 1, 'b');
    expect((await sequenceBatch(it.vault.sql, 'next'))?.taken).toBe(1);
  });

  test.each([
    ['a moment that is none', "'infinity', 'r'"],
    ['a year before Christ', "'2026-01-01 BC', 'r'"],
    ['a resource too long for an index', "now(), repeat('r', 3000)"],
  ])('attacks: takes no entry of api with %s, which would stop the log', async (_name, values) => {
    const { tenant } = it.merchant;
    const text = `INSERT INTO audit_entries (tenant, entry_id, at, resource, actor, action, outcome)
      VALUES ('${tenant}', 'aud_x', ${values}, 'a', 'b', 'c')`;
    await expect(it.vault.sql.as('api', tenant).query(text)).rejects.toThrow('readable');
  });

  test.each([
    [
      'cut off in the middle of its last line',
      (file: string, text: string) => truncateSync(file, text.length - 30),
    ],
    [
      'without its last line break',
      (file: string, text: string) => truncateSync(file, text.length - 1),
    ],
    ['with half a line behind it', (file: string) => appendFileSync(file, '{"v":1,"from":')],
    ['with every line twice', (file: string, text: string) => writeFileSync(file, text + text)],
    ['that is gone, with the memory of it', (file: string) => rmSync(file)],
  ])('goes on behind a witness file %s', async (_name, harm) => {
    await goOn(20, 'a');
    harm(log.witnessFile, readFileSync(log.witnessFile, 'utf8'));
    // A process that comes after a power cut.
    const later = new Sequencer({ ...it.vault, witnessFile: log.witnessFile });
    await leaveEntries(it.vault.sql.owner, 20, 'b');
    await it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    it.time.now += 61_000;
    await later.round();
    expect(later.contradiction).toBeUndefined();
    expect((await log.witnessed()).frontier.size).toBe(before + 40);
    expect(await verdict()).toMatchObject({ covered: before + 40, finding: undefined });
  });

  test.each([
    ['forges a state', (text: string) => text.replace(/"leaves":"..../, '"leaves":"AAAA')],
    ['removes a state', (text: string) => text.split('\n').slice(1).join('\n')],
    ['changes a signature', (text: string) => text.replace(/....=\\n"/, 'AAAA=\\n"')],
  ])(
    'attacks: believes nothing of a witness file after somebody %s in it',
    async (_name, change) => {
      await goOn(20, 'a');
      writeFileSync(log.witnessFile, change(readFileSync(log.witnessFile, 'utf8')));
      const { faults, frontier } = await log.witnessed();
      expect(faults.length).toBeGreaterThan(0);
      expect(frontier.size).toBeLessThan(before + 20);
    },
  );

  test('believes what an earlier key has signed, after a new one took its place', async () => {
    it.time.now += 1_000;
    await rotateSecret(it.vault, 'audit');
    it.time.now += 700_000;
    await goOn(5, 'a');
    it.vault.keys.destroySecret('audit', 0);
    await goOn(5, 'b');
    const { finding, states } = await verdict();
    expect(finding).toBeUndefined();
    expect(states).toBe(3);
    expect((await log.trust()).keys).toHaveLength(2);
  });
});

test.each<[string, Parameters<typeof isDue>, boolean]>([
  ['nothing was signed and there is nothing', [0, undefined, 0], false],
  ['nothing was signed', [1, undefined, 0], true],
  ['nothing is new', [5, { size: 5, createdAt: new Date(0) }, 1e9], false],
  ['little is new', [6, { size: 5, createdAt: new Date(0) }, 59_999], false],
  ['a minute is over', [6, { size: 5, createdAt: new Date(0) }, 60_000], true],
  ['a thousand are new', [1_005, { size: 5, createdAt: new Date(0) }, 0], true],
  ['the clock was set back', [6, { size: 5, createdAt: new Date(1e9) }, 0], true],
])('a state is worth signing when %s', (_name, given, expected) => {
  expect(isDue(...given)).toBe(expected);
});
