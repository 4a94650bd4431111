import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leaveEntries, type SignedLog, signedLog } from '../../test/audit-log.ts';
import { ENGINES } from '../../test/engines.ts';
import { rotateSecret } from '../rotation/rotate-secret.ts';
import { checkpointsFrom } from './checkpoint-store.ts';
import { sequenceBatch } from './sequence-batch.ts';

describe.each(ENGINES)('the sequencer on %s', (engine) => {
  let at: SignedLog;
  beforeEach(async () => {
    at = await signedLog(engine);
  }, 60_000);
  afterEach(() => at.it.close());

  test('gives what the first start has left a place, and signs that', async () => {
    expect(at.before).toBeGreaterThan(0);
    expect(await at.state()).toMatchObject({ waiting: 0, signedSize: at.before });
    expect((await at.log.witnessed()).frontier.size).toBe(at.before);
  });

  test('gives every entry one place, each once, whoever gives them at the same time', async () => {
    await leaveEntries(at.it.vault.sql.owner, 500);
    await at.it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    const owners = ['a', 'b', 'c', 'd'];
    const batches = async (owner: string) => {
      let given = 0;
      for (let round = 0; round < 8; round += 1)
        given += (await sequenceBatch(at.it.vault.sql, owner, { most: 80 }))?.taken ?? 0;
      return given;
    };
    const given = await Promise.all(owners.map(batches));
    expect(given.filter((count) => count > 0)).toHaveLength(1);
    // Whoever begins has the turn for fifteen seconds by the database's clock: the others stood by.
    await at.it.vault.sql.owner.query("UPDATE audit_head SET until = '-infinity'");
    const left = 500 - given.reduce((sum, count) => sum + count, 0);
    await at.log.sequencer.round();
    expect(left).toBeGreaterThanOrEqual(0);
    expect(await at.state()).toMatchObject({ size: at.before + 500, waiting: 0 });
    expect((await at.verdict()).finding).toBeUndefined();
  });

  test('leaves all as it was when it is cut off in the middle', async () => {
    await leaveEntries(at.it.vault.sql.owner, 30);
    await at.it.vault.sql.owner.script(
      "ALTER TABLE audit_head ADD CONSTRAINT cut CHECK (size < 20) NOT VALID; UPDATE audit_head SET until = '-infinity'",
    );
    await expect(sequenceBatch(at.it.vault.sql, 'x')).rejects.toThrow('cut');
    await at.it.vault.sql.owner.script('ALTER TABLE audit_head DROP CONSTRAINT cut');
    expect(await at.state()).toMatchObject({ size: at.before, waiting: 30 });
    await at.log.sequencer.round();
    expect(await at.state()).toMatchObject({ size: at.before + 30, waiting: 0 });
  });

  test('gives a rolled-back act no place, and one that commits late its place then', async () => {
    const { owner } = at.it.vault.sql;
    await owner
      .transaction(async (sql) => {
        await leaveEntries(sql, 1, 'undone');
        throw new Error('undone');
      })
      .catch(() => {});
    await at.log.sequencer.round();
    expect((await at.state()).size).toBe(at.before);
  });

  test('signs each minute or thousand entries, and not the same twice', async () => {
    await leaveEntries(at.it.vault.sql.owner, 10, 'a');
    await at.log.sequencer.round();
    expect((await at.state()).signedSize).toBe(at.before);
    await at.goOn(0, 'b');
    expect((await at.state()).signedSize).toBe(at.before + 10);
    await at.goOn(0, 'c');
    await leaveEntries(at.it.vault.sql.owner, 1_000, 'd');
    await at.log.sequencer.round();
    const sizes = (await checkpointsFrom(at.it.vault.sql.as('admin'), 0, 0, 10)).map(
      ({ size }) => size,
    );
    expect(sizes).toStrictEqual([at.before, at.before + 10, at.before + 1_010]);
  });

  test('tells of an entry that somebody removed at.before it had its place', async () => {
    await leaveEntries(at.it.vault.sql.owner, 3);
    await at.it.vault.sql.owner.script(
      `ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only;
       DELETE FROM audit_entries WHERE entry_id = 'aud_e2';
       ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only`,
    );
    await at.log.sequencer.round();
    expect(at.it.lines.join('')).toContain('an audit entry was removed');
    expect(at.it.lines.join('')).toContain('aud_e2');
    expect(await at.state()).toMatchObject({ size: at.before + 2, waiting: 0 });
  });

  test('tells of entries that have no place for five seconds', async () => {
    await at.it.vault.sql.owner.query("UPDATE audit_head SET owner = 'x', until = 'infinity'");
    await leaveEntries(at.it.vault.sql.owner, 3);
    await at.it.vault.sql.owner.query("UPDATE audit_pending SET noted_at = now() - interval '9 s'");
    at.it.time.now += 10_000;
    await at.log.sequencer.round();
    expect(at.it.lines.join('')).toContain('have no place in the log for more than five seconds');
  });

  test('signs a long backlog a thousand at a time, and the rest when it ends', async () => {
    await leaveEntries(at.it.vault.sql.owner, 2_300, 'a');
    await at.log.sequencer.round();
    const signed = async () =>
      (await checkpointsFrom(at.it.vault.sql.as('admin'), 0, at.before + 1, 10)).map(
        ({ size }) => size,
      );
    expect(await signed()).toStrictEqual([at.before + 1_000, at.before + 2_000]);
    await at.log.sequencer.round({ isLast: true });
    expect(await signed()).toStrictEqual([at.before + 1_000, at.before + 2_000, at.before + 2_300]);
    // Somebody else has the turn at once.
    await leaveEntries(at.it.vault.sql.owner, 1, 'b');
    expect((await sequenceBatch(at.it.vault.sql, 'next'))?.taken).toBe(1);
  });

  test.each([
    ['a moment that is none', "'infinity', 'r'"],
    ['a year at.before Christ', "'2026-01-01 BC', 'r'"],
    ['a resource too long for an index', "now(), repeat('r', 3000)"],
  ])('attacks: takes no entry of api with %s, which would stop the log', async (_name, values) => {
    const { tenant } = at.it.merchant;
    const text = `INSERT INTO audit_entries (tenant, entry_id, at, resource, actor, action, outcome)
      VALUES ('${tenant}', 'aud_x', ${values}, 'a', 'b', 'c')`;
    await expect(at.it.vault.sql.as('api', tenant).query(text)).rejects.toThrow('readable');
  });

  test('believes what an earlier key has signed, after a new one took its place', async () => {
    at.it.time.now += 1_000;
    await rotateSecret(at.it.vault, 'audit');
    at.it.time.now += 700_000;
    await at.goOn(5, 'a');
    at.it.vault.keys.destroySecret('audit', 0);
    await at.goOn(5, 'b');
    const { finding, states } = await at.verdict();
    expect(finding).toBeUndefined();
    expect(states).toBe(3);
    expect((await at.log.trust()).keys).toHaveLength(2);
  });
});
