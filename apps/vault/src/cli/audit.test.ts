import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leaveEntries, putBack, rewrite } from '../../test/audit-log.ts';
import { createLog } from '../app/log.ts';
import { Sequencer } from '../audit/sequencer.ts';
import { SYSTEM_CLOCKS } from '../clock.ts';
import type { Desk } from './command.ts';
import { run } from './run.ts';
import { withDatabase, withVault } from './with-vault.ts';

/* What apps/docs/audit.md tells an operator to do after a restore, on one node with its own database. */
describe('the commands of the audit log', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-audit-cli-'));
  const at = (name: string) => join(folder, name);
  const desk: Desk = {
    environment: { HUSHFIELD_DATA_DIR: at('data') },
    ...SYSTEM_CLOCKS,
    log: createLog('silent', () => {}),
    input: Readable.from([]),
    progress: () => {},
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const hushfield = (...words: readonly string[]) => run(words, desk);
  /** A worker that starts, does what is due, and ends. */
  const work = () =>
    withVault(desk, async (vault) => {
      await vault.keys.publishAuditKeys();
      const sequencer = new Sequencer(vault);
      await sequencer.round();
      await sequencer.round({ isLast: true });
      return sequencer.contradiction;
    });
  const leave = (count: number, mark: string) =>
    withDatabase(desk, ({ owner }) => leaveEntries(owner, count, mark));
  const keyLines = async () => (await hushfield('audit', 'key')).out.trim().split('\n');
  const offline = (log: string, witness: string, keys: readonly string[]) =>
    hushfield(
      ...['audit', 'verify', '--log', at(log), '--witness', at(witness)],
      ...keys.flatMap((key) => ['--key', key]),
    );

  let before: number;
  let oldKeys: string[];
  const witness = at('data/audit-witness.jsonl');
  beforeAll(async () => {
    await hushfield('migrate');
    const none = await hushfield('audit', 'begin');
    expect(none).toMatchObject({ exitCode: 1, err: expect.stringContaining('no witness file') });
    await work();
    before = JSON.parse((await hushfield('audit', 'verify', '--json')).out).good;
    await leave(20, 'a');
    await work();
    oldKeys = await keyLines();
    await hushfield('audit', 'export', '--to', at('old.jsonl'));
    cpSync(witness, at('old-witness.jsonl'));
    await withDatabase(desk, ({ owner }) => putBack(owner, before + 3));
  }, 120_000);

  test('say what a restore has lost, and go on when that is given up', async () => {
    const verdict = await hushfield('audit', 'verify');
    expect(verdict.out).toContain(`WRONG  entry ${before + 3}: it is missing`);
    const foreseen = await hushfield('audit', 'begin');
    const known = before + 21;
    expect(foreseen).toMatchObject({ exitCode: 1, err: '' });
    expect(foreseen.out).toContain(
      `The database has ${before + 3} entries, and the witness knows of ${known}: 18 would be given up, from ${before + 3} on.`,
    );
    for (const [wrong, exitCode] of [
      ['17', 2],
      ['x', 2],
      ['', 2],
      ['018', 2],
    ] as const)
      expect(await hushfield('audit', 'begin', '--give-up', wrong)).toMatchObject({ exitCode });
    expect((await hushfield('audit', 'begin', '--give-up', '17')).err).toContain(
      'it would be 18, and not 17',
    );
    expect(await keyLines()).toStrictEqual(oldKeys);

    const begun = await hushfield('audit', 'begin', '--give-up', '18');
    expect(begun).toMatchObject({ exitCode: 0, err: '' });
    expect(begun.out).toMatch(/^The log is hushfield\/[\w-]{22}\/\d+ from now on/);
    expect(await work()).toBeUndefined();
    const after = await hushfield('audit', 'verify');
    expect(after).toMatchObject({ exitCode: 0, err: '' });
    expect(after.out).toMatch(
      /The log is hushfield\/\S+\/\d+, begun 20\S+Z with \d+ entries, after/,
    );
    expect(after.out).toContain(`with ${before + 3} of ${known} entries.`);
  });

  test('verify offline what was exported before and after, each with the key of its time', async () => {
    const keys = await keyLines();
    expect(keys[0]).toMatch(/^hushfield\/[\w-]{22}\/\d+\+/);
    await hushfield('audit', 'export', '--to', at('new.jsonl'));
    cpSync(witness, at('new-witness.jsonl'));
    for (const each of [keys, oldKeys, [...oldKeys, ...keys]])
      expect(await offline('new.jsonl', 'new-witness.jsonl', each)).toMatchObject({ exitCode: 0 });
    expect(await offline('old.jsonl', 'old-witness.jsonl', oldKeys)).toMatchObject({ exitCode: 0 });
    // A witness that has not come so far knows what stays, and what was given up.
    const older = await offline('new.jsonl', 'old-witness.jsonl', keys);
    expect(older).toMatchObject({ exitCode: 0 });
    expect(older.out).toContain(`The witness knows ${before + 3} entries.`);
    expect(older.out).toContain('The witness has not come so far');
  });

  test('attacks: take no log for the newest that has gone on under another name', async () => {
    const keys = await keyLines();
    // By what the key is called, and by what the witness knows.
    for (const [name, each] of [
      ['old-witness.jsonl', keys],
      ['new-witness.jsonl', oldKeys],
    ] as const) {
      const old = await offline('old.jsonl', name, each);
      expect(old.exitCode).toBe(1);
      expect(old.out).toMatch(
        /WRONG {2}the log is hushfield\/\S+, and has become hushfield\/\S+\/\d+/,
      );
    }
    const lines = readFileSync(at('new.jsonl'), 'utf8').split('\n');
    const begun = lines.findIndex((line) => line.startsWith('{"size"'));
    writeFileSync(at('cut.jsonl'), lines.filter((_, place) => place !== begun).join('\n'));
    const cut = await offline('cut.jsonl', 'new-witness.jsonl', keys);
    expect(cut.exitCode).toBe(1);
    expect(cut.out).toMatch(/WRONG {2}no key of the log has begun hushfield/);
  });

  test('attacks: hand out no name, and begin nothing, that somebody has put into the database', async () => {
    const { out } = await hushfield('audit', 'begin', '--json');
    expect(JSON.parse(out)).toMatchObject({ givenUp: 0, name: null });
    const [row] = await withDatabase(desk, ({ owner }) =>
      owner.query('SELECT epoch FROM audit_head'),
    );
    const say = (epoch: unknown) =>
      withDatabase(desk, ({ owner }) => owner.query('UPDATE audit_head SET epoch = $1', [epoch]));
    await say(9_999_999_999);
    const named = await hushfield('audit', 'key');
    expect(named).toMatchObject({ exitCode: 1, err: expect.stringContaining('no key of it has') });
    expect((await hushfield('audit', 'verify')).out).toContain(
      'WRONG  no key of the log has begun',
    );
    await say(row?.['epoch']);
    await withDatabase(desk, ({ owner }) => rewrite(owner, before + 1));
    const refused = await hushfield('audit', 'begin', '--give-up', '0');
    expect(refused).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(
        `Entry ${before + 1}: it is not the entry that the witness knows`,
      ),
    });
  });
});
