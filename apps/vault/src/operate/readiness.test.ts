import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase, ENGINES, type TestDatabase } from '../../test/engines.ts';
import { HAS_SOFT_HSM, type SoftHsm, softHsm } from '../../test/soft-hsm.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { createLog } from '../app/log.ts';
import { pkcs11Kek } from '../keys/kek/pkcs11-kek.ts';
import { ROLES } from '../role.ts';
import { createMetrics } from './metrics.ts';
import { type Check, Readying } from './readiness.ts';
import { checksOf } from './role-checks.ts';

const HOUR = 3_600_000;
/** The device's process is started anew, on a machine that may have much else to do. */
const PATIENT = { timeout: 20_000, interval: 250 };

describe('readiness', () => {
  let lines: string[];
  let time: number;
  let looks: number;
  let state: 'ok' | 'failing' | 'silent';
  let readying: Readying;
  let answerAll: () => void;
  const look = () => {
    looks += 1;
    if (state === 'silent') return new Promise<void>((resolve) => (answerAll = resolve));
    return state === 'ok' ? Promise.resolve() : Promise.reject(new Error('it is gone'));
  };
  const check: Check = ['database', look];
  beforeEach(() => {
    lines = [];
    [time, looks, state] = [0, 0, 'ok'];
    const log = createLog('info', (line) => lines.push(line), 'api');
    readying = new Readying({ steady: () => time, log, metrics: createMetrics() }, 20);
  });
  const asked = async () => {
    time += 1_000;
    return readying.answer();
  };

  test('is not there before all was started, nor from when it is to end', async () => {
    expect(await asked()).toStrictEqual({ ok: false, checks: { started: 'late' } });
    readying.begin([check]);
    expect(await asked()).toStrictEqual({ ok: true, checks: { started: 'ok', database: 'ok' } });
    readying.drain();
    expect(await readying.answer()).toStrictEqual({
      ok: false,
      checks: { 'not-draining': 'failing' },
    });
  });

  test('looks once a second, however many ask', async () => {
    readying.begin([check]);
    for (let n = 0; n < 100; n += 1) await readying.answer();
    expect(looks).toBe(1);
    time += 1_000;
    await Promise.all(Array.from({ length: 100 }, () => readying.answer()));
    expect(looks).toBe(2);
  });

  test('says late of what does not answer, and does not ask it twice at a time', async () => {
    readying.begin([check]);
    state = 'silent';
    // Once is no reason to turn away.
    for (const ok of [true, false, false])
      expect(await asked()).toMatchObject({ ok, checks: { database: 'late' } });
    expect(looks).toBe(1);
    answerAll();
    await sleep(5);
    state = 'ok';
    expect(await asked()).toMatchObject({ ok: true });
  });

  test('gives up what never comes back, and looks anew', async () => {
    readying.begin([check]);
    state = 'silent';
    await asked();
    state = 'ok';
    time += 18_000;
    expect(await asked()).toMatchObject({ checks: { database: 'late' } });
    time += 1_000;
    expect(await asked()).toMatchObject({ ok: true, checks: { database: 'ok' } });
    expect(looks).toBe(2);
  });

  test('does not take late for well where it was failing', async () => {
    readying.begin([check]);
    state = 'failing';
    expect(await asked()).toMatchObject({ ok: false });
    state = 'silent';
    expect(await asked()).toMatchObject({ ok: false, checks: { database: 'late' } });
  });

  test('tells the log as it turns, and as it is well again', async () => {
    readying.begin([check]);
    await asked();
    for (state of ['failing', 'silent', 'failing'] as const) {
      await asked();
      if (state === 'silent') answerAll();
      await sleep(5);
    }
    state = 'ok';
    await asked();
    await asked();
    const told = lines.map((line): Record<string, unknown> => JSON.parse(line));
    expect(told.map(({ msg, role, detail }) => [msg, role, detail])).toStrictEqual([
      ['not ready', 'api', expect.stringMatching(/^database: Error: it is gone/)],
      ['ready again', 'api', 'database'],
    ]);
  });
});

describe.each(ENGINES)('readiness of a vault on %s', (engine) => {
  let database: TestDatabase;
  let it: TestVault;
  let sinceGood = 0;
  let readying: Readying;
  beforeEach(async () => {
    database = await emptyDatabase(engine);
    it = await testVault({ database: database.sql });
    sinceGood = 0;
    readying = new Readying(it.vault, 3_000);
    const worker = { sinceGood: () => sinceGood, stop: async () => {} };
    readying.begin(checksOf(it.vault, ROLES, worker));
    expect((await readying.answer()).ok).toBe(true);
  }, 60_000);
  afterEach(async () => {
    await it.close().catch(() => {});
    await database.drop().catch(() => {});
  });

  /** What is not well, a little later. */
  const wrong = async (ms = 1_000) => {
    it.time.now += ms;
    const { ok, checks } = await readying.answer();
    const names = Object.entries(checks).flatMap(([name, found]) => (found === 'ok' ? [] : [name]));
    expect(ok).toBe(names.length === 0);
    return names;
  };

  test('holds while all is well, for as long as the worker goes its rounds', async () => {
    expect(await wrong()).toStrictEqual([]);
    sinceGood = 3 * 60_000;
    expect(await wrong()).toStrictEqual([]);
    sinceGood += 1;
    expect(await wrong()).toStrictEqual(['worker-round']);
  });

  test('ends five minutes after the KEK is gone, and comes back with it', async () => {
    const kek = join(it.config.keyStoreDir, 'kek');
    renameSync(kek, `${kek}.away`);
    expect(await wrong()).toStrictEqual([]);
    expect(await wrong(5 * 60_000)).toStrictEqual(['keys', 'receive-key']);
    expect(it.lines.join('')).toContain('"detail":"keys: KeysUnavailable');
    renameSync(`${kek}.away`, kek);
    expect(await wrong()).toStrictEqual([]);
    expect(it.lines.join('')).toContain('"detail":"receive-key","msg":"ready again"');
  });

  test('ends as the list of receive keys runs out, and the key in it', async () => {
    expect(await wrong(23 * HOUR)).toStrictEqual([]);
    expect(await wrong(HOUR)).toStrictEqual(['manifest', 'receive-key']);
  });

  test('ends when somebody has changed the list, as frames would see it', async () => {
    await it.vault.sql.owner.query(`UPDATE manifests SET bundle = replace(bundle, '"seq', '"sxq')`);
    await it.vault.sql.owner.query(
      `UPDATE manifests SET bundle = jsonb_set(bundle::jsonb, '{signature}', '"${'A'.repeat(86)}"')::text`,
    );
    expect(await wrong()).toStrictEqual(['manifest']);
  });

  test('ends when the database lacks a migration, and not when it has a later one', async () => {
    const { owner } = it.vault.sql;
    await owner.query(`INSERT INTO migrations (name) VALUES ('9999_later.sql')`);
    expect(await wrong()).toStrictEqual([]);
    await owner.query(`DELETE FROM migrations WHERE name = '0015_in_force.sql'`);
    expect(await wrong()).toStrictEqual(['schema']);
  });

  test('ends when the database has no writes to give', async () => {
    if (engine === 'embedded') {
      await it.vault.sql.owner.query('SET default_transaction_read_only = on');
      expect(await wrong()).toStrictEqual(['database']);
      await it.vault.sql.owner.query('SET default_transaction_read_only = off');
    } else {
      const name = new URL(database.url ?? '').pathname.slice(1);
      await it.vault.sql.owner.script(
        `ALTER DATABASE ${name} SET default_transaction_read_only = on`,
      );
      // As after a failover: the connections there were are gone, and the new ones are to a standby.
      await hangUp();
      expect(await wrong()).toContain('database');
      const undo = `SET transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`;
      await it.vault.sql.owner.script(`BEGIN; ${undo}; COMMIT`);
      await hangUp();
    }
    expect(await wrong()).toStrictEqual([]);
  });

  /** Ends every connection of the pool. */
  const hangUp = async () => {
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    const other = await database.again();
    await other.owner.script(end);
    await other.close();
    await sleep(50);
  };

  test.runIf(engine === 'postgres')(
    'ends when the database is gone, and comes back with it',
    async () => {
      const name = new URL(database.url ?? '').pathname.slice(1);
      const server = await emptyDatabase('postgres');
      await server.sql.owner.script(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await server.sql.owner.script(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
      await sleep(50);
      expect(await wrong()).toStrictEqual(['database', 'schema', 'manifest']);
      await server.sql.owner.script(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      expect(await wrong()).toStrictEqual([]);
      await server.drop();
    },
    30_000,
  );
});

describe.runIf(HAS_SOFT_HSM)('readiness on a PKCS#11 device', () => {
  let folder: string;
  let hsm: SoftHsm;
  let it: TestVault;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hushfield-hsm-'));
    hsm = softHsm(folder);
    it = await testVault({ kek: pkcs11Kek(hsm.place, folder) });
  }, 60_000);
  afterAll(async () => {
    await it.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is late while the device hangs, failing when it is gone, and well with it', async () => {
    const readying = new Readying(it.vault, 300);
    readying.begin(checksOf(it.vault, ['api'], undefined));
    const later = async (ms: number) => {
      it.time.now += ms;
      return (await readying.answer()).checks.keys;
    };
    const found = () => later(1_000);
    expect(await found()).toBe('ok');
    hsm.signal('SIGSTOP');
    expect(await later(5 * 60_000)).toBe('late');
    hsm.signal('SIGCONT');
    await expect.poll(found, PATIENT).toBe('ok');
    hsm.away(true);
    hsm.signal('SIGKILL');
    expect(await later(5 * 60_000)).toBe('failing');
    hsm.away(false);
    await expect.poll(found, PATIENT).toBe('ok');
  }, 60_000);
});
