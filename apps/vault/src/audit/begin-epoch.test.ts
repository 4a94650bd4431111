import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  leaveEntries,
  putBack,
  rewrite,
  type SignedLog,
  signedLog,
  type TestLog,
  testLog,
} from '../../test/audit-log.ts';
import { ENGINES } from '../../test/engines.ts';
import { beginEpoch, planEpoch, refusalOf } from './begin-epoch.ts';
import { originOf, trustedCheckpoint } from './log-name.ts';
import { Sequencer } from './sequencer.ts';

const BEGUN = 'a new epoch of the audit log was begun';

describe.each(ENGINES)('an epoch of the log on %s', { timeout: 60_000 }, (engine) => {
  let at: SignedLog;
  beforeEach(async () => {
    at = await signedLog(engine);
  }, 60_000);
  afterEach(() => at.it.close());

  const owner = () => at.it.vault.sql.owner;
  const said = (what: string) => at.it.lines.filter((line) => line.includes(what)).length;
  const plan = async (log: TestLog = at.log) =>
    planEpoch(at.it.vault.sql.as('admin'), await log.trust(), await log.witnessed());
  const begin = async (log: TestLog = at.log) =>
    beginEpoch(at.it.vault, await log.trust(), await plan(log));
  const stored = () => owner().query('SELECT * FROM audit_epoch_checkpoints ORDER BY epoch, size');
  /** Time goes by, and every one of these looks at the log. */
  const look = async (...logs: readonly TestLog[]) => {
    at.it.time.now += 61_000;
    for (const { sequencer } of [at.log, ...logs]) await sequencer.round();
  };

  test('is gone on with by a worker that runs, from where the database was put back to', async () => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    await at.goOn(3, 'b');
    expect(at.log.sequencer.contradiction).toContain('the witness knows of');
    expect(await at.state()).toMatchObject({ size: at.before + 5, waiting: 3 });

    const [size, known] = [at.before + 5, at.before + 20];
    expect(await plan()).toMatchObject({ size, known, givenUp: 15, finding: undefined });
    const { root } = (await at.log.witnessed()).frontier;
    const origin = await begin();
    const { name } = await at.log.trust();
    expect(origin).toBe(originOf(name, Math.floor(at.it.time.now / 1_000)));
    const [first] = await stored();
    const state = trustedCheckpoint(String(first?.note), await at.log.trust());
    expect(state).toMatchObject({ origin, size, after: { origin: name, size: known, root } });

    await look();
    expect(at.log.sequencer.contradiction).toBeUndefined();
    await at.goOn(2, 'c');
    await at.goOn(2, 'd');
    expect(said(BEGUN)).toBe(1);
    expect(said(`${origin}: 15 of ${known} entries that the witness knew, from ${size} on`)).toBe(
      1,
    );
    const { signedSize, waiting } = await at.state();
    // With those that waited, and the entry of the beginning itself.
    expect({ signedSize, waiting }).toStrictEqual({ signedSize: size + 3 + 1 + 4, waiting: 0 });

    const { faults, epochs, frontier, leaves } = await at.log.witnessed();
    const epoch = Number(first?.epoch);
    expect({ faults, epochs, size: frontier.size }).toStrictEqual({
      faults: [],
      epochs: [{ epoch, size, known }],
      size: signedSize,
    });
    expect(leaves).toHaveLength(signedSize * 32);
    expect(await at.verdict()).toMatchObject({ covered: signedSize, finding: undefined });
    const [left] = await owner().query(
      "SELECT actor, resource FROM audit_entries WHERE action = 'log.begin'",
    );
    expect(left).toStrictEqual({ actor: 'operator', resource: origin });
  });

  test('is gone on with by a process that starts, and was told of once', async () => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    await begin();
    for (let start = 0; start < 2; start += 1) {
      const { witnessFile } = at.log;
      const later = new Sequencer({ ...at.it.vault, witnessFile });
      await leaveEntries(owner(), 1, `later${start}/`);
      await owner().query("UPDATE audit_head SET until = '-infinity'");
      at.it.time.now += 61_000;
      await later.round();
      expect(later.contradiction).toBeUndefined();
    }
    expect(said(BEGUN)).toBe(1);
    expect(await at.verdict()).toMatchObject({ covered: at.before + 8, finding: undefined });
  });

  test('is gone on with by workers that know less, as much and more', async () => {
    const [less, more] = [await testLog(at.it.vault), await testLog(at.it.vault)];
    await look(less, more);
    await at.goOn(20, 'a');
    await leaveEntries(owner(), 20, 'b');
    await owner().query("UPDATE audit_head SET until = '-infinity'");
    at.it.time.now += 61_000;
    await more.sequencer.round();
    const sizes = async () =>
      Promise.all([less, at.log, more].map(async (log) => (await log.witnessed()).frontier.size));
    expect(await sizes()).toStrictEqual([at.before, at.before + 20, at.before + 40]);

    await putBack(owner(), at.before + 5);
    await begin();
    await look(less, more);
    for (const log of [less, at.log, more]) {
      expect(log.sequencer.contradiction).toBeUndefined();
      expect((await log.witnessed()).faults).toStrictEqual([]);
    }
    await at.goOn(1, 'c');
    await look(less, more);
    const { signedSize } = await at.state();
    expect(await sizes()).toStrictEqual([signedSize, signedSize, signedSize]);
    expect(said(`0 of ${at.before} entries`)).toBe(1);
    expect(said(`35 of ${at.before + 40} entries`)).toBe(1);
  });

  test('is gone on with by two processes that keep one file', async () => {
    await at.goOn(20, 'a');
    const beside = new Sequencer({ ...at.it.vault, witnessFile: at.log.witnessFile });
    await beside.round();
    await putBack(owner(), at.before + 5);
    await look();
    await beside.round();
    expect(beside.contradiction).toBeDefined();
    await begin();
    await look();
    await beside.round();
    expect(beside.contradiction).toBeUndefined();
    expect((await at.log.witnessed()).faults).toStrictEqual([]);
  });

  test('leaves a state behind that no key of the log has signed', async () => {
    const text = "INSERT INTO audit_checkpoints VALUES ($1, 'none', now())";
    await owner().query(text, [at.before + 100]);
    await look();
    await at.goOn(5, 'a');
    expect(at.log.sequencer.contradiction).toContain('not signed by a key of this log');
    expect(await plan()).toMatchObject({ givenUp: 0, finding: undefined });
    await begin();
    await at.goOn(5, 'b');
    expect(at.log.sequencer.contradiction).toBeUndefined();
    expect((await at.state()).signedSize).toBe(at.before + 11);
    expect(await at.verdict()).toMatchObject({ covered: at.before + 11, finding: undefined });
  });

  test('takes the place of one that the database is said to be in and nobody has begun', async () => {
    await owner().query('UPDATE audit_head SET epoch = 999999999999');
    await look();
    expect(at.log.sequencer.contradiction).toContain('which no key of this log has begun');
    expect(await plan()).toMatchObject({ givenUp: 0, notBefore: 1 });
    await begin();
    await at.goOn(1, 'a');
    expect(at.log.sequencer.contradiction).toBeUndefined();
    expect(await at.verdict()).toMatchObject({ covered: at.before + 2, finding: undefined });
  });

  test('may be begun again and again, also when one of them was put back too', async () => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 10);
    await begin();
    await at.goOn(20, 'b');
    const [first] = await stored();
    await putBack(owner(), at.before + 15, Number(first?.epoch));
    await begin();
    await at.goOn(20, 'c');
    expect(at.log.sequencer.contradiction).toBeUndefined();
    // Back to before both: what the database is in then has ended.
    await putBack(owner(), at.before + 3);
    await look();
    expect(at.log.sequencer.contradiction).toContain('which has ended for the witness');
    // By a clock that was set back, too: no epoch is of before the one that is known.
    at.it.time.now -= 3_600_000;
    const { epochs } = await at.log.witnessed();
    await begin();
    const [third] = (await stored()).slice(-1);
    expect(Number(third?.epoch)).toBe((epochs.at(-1)?.epoch ?? 0) + 1);
    await at.goOn(1, 'd');
    await at.goOn(1, 'e');
    expect(at.log.sequencer.contradiction).toBeUndefined();
    const witnessed = await at.log.witnessed();
    expect(witnessed.faults).toStrictEqual([]);
    expect(witnessed.epochs).toHaveLength(3);
    expect(await at.verdict()).toMatchObject({ covered: at.before + 6, finding: undefined });
  });

  test.each([
    ['the state', 'audit_head', 'epoch = 0'],
    ['the entry', 'audit_entries', "action <> 'log.begin'"],
  ])('leaves all as it was when it is cut off behind %s', async (_name, table, check) => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    await look();
    await owner().script(`ALTER TABLE ${table} ADD CONSTRAINT cut CHECK (${check}) NOT VALID`);
    await expect(begin()).rejects.toThrow('cut');
    await owner().script(`ALTER TABLE ${table} DROP CONSTRAINT cut`);
    expect(await stored()).toStrictEqual([]);
    const [head] = await owner().query('SELECT epoch::int AS epoch FROM audit_head');
    expect(head?.epoch).toBe(0);
    await look();
    expect(at.log.sequencer.contradiction).toContain('the witness knows of');
    await begin();
    await look();
    expect(at.log.sequencer.contradiction).toBeUndefined();
  });

  test('is not begun when the log has come further than was looked at', async () => {
    const seen = await plan();
    await at.goOn(1, 'a');
    const late = beginEpoch(at.it.vault, await at.log.trust(), seen);
    await expect(late).rejects.toThrow('went on meanwhile');
    const again = await plan();
    await begin();
    const second = beginEpoch(at.it.vault, await at.log.trust(), again);
    await expect(second).rejects.toThrow('went on meanwhile');
    expect(await stored()).toHaveLength(1);
  });

  test('is not begun of an empty log, nor with a witness file of another', async () => {
    const other = await testLog(at.it.vault);
    writeFileSync(other.witnessFile, '');
    await putBack(owner(), 0);
    await expect(begin(other)).rejects.toThrow('has no entry');
    const text = readFileSync(at.log.witnessFile, 'utf8');
    writeFileSync(other.witnessFile, text.replaceAll('hushfield/', 'hushfield/x'));
    await expect(plan(other)).rejects.toThrow('line 1 is not signed by a key of this log');
  });

  test.each<[string, (index: number) => Promise<unknown>, RegExp]>([
    [
      'was written over, with all its hashes',
      (index) => rewrite(owner(), index),
      /not the entry that the witness knows/,
    ],
    [
      'was written over',
      (index) =>
        forced(`UPDATE audit_entries e SET actor = 'x' FROM audit_leaves l WHERE l.leaf_index = ${index}
          AND l.tenant = e.tenant AND l.entry_id = e.entry_id`),
      /not the entry that the witness knows/,
    ],
    [
      'lost its place',
      (index) => forced(`DELETE FROM audit_leaves WHERE leaf_index = ${index}`),
      /its place is missing/,
    ],
  ])('attacks: is not begun when an entry %s that stays', async (_name, act, says) => {
    await at.goOn(20, 'a');
    await putBack(owner(), at.before + 5);
    await act(at.before + 2);
    const seen = await plan();
    expect(seen.finding).toMatchObject({ index: at.before + 2 });
    expect(refusalOf(seen)).toMatch(says);
    expect(refusalOf(seen)).toContain(`Entry ${at.before + 2}: `);
    await expect(begin()).rejects.toThrow('An epoch gives up the end of a log');
    expect(await stored()).toStrictEqual([]);
  });

  test('attacks: is not begun when the end is gone, and a state over it is still there', async () => {
    await at.goOn(20, 'a');
    await forced(`DELETE FROM audit_leaves WHERE leaf_index >= ${at.before + 5};
      DELETE FROM audit_nodes WHERE (position + 1) * (1 << level) > ${at.before + 5};
      UPDATE audit_head SET size = ${at.before + 5}`);
    expect(refusalOf(await plan())).toContain(`a state of ${at.before + 20} was signed`);
    await expect(begin()).rejects.toThrow('it is missing');
  });

  const forced = (text: string) =>
    owner().transaction((sql) =>
      sql.script(`SET LOCAL session_replication_role = replica; ${text}`),
    );
});
