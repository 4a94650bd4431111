import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES } from '../../test/engines.ts';
import { receiveKey, tokenize } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { assemble } from '../assemble.ts';
import type { Database } from '../db/sql.ts';
import { directoryKek } from '../keys/kek/directory-kek.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import { latestManifest } from './manifest-store.ts';
import { runWorkerRound } from './worker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('three days of rounds', () => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault();
  }, 60_000);
  afterAll(() => it.close());

  test('has a key for every minute, published ahead, and destroys each seed on time', async () => {
    const firstSeen = new Map<string, number>();
    const used = new Map<string, number>();
    let seq = 0;
    let step = 0;
    for (it.time.now = NOON; it.time.now < NOON + 3 * DAY; it.time.now += step) {
      // All that is due falls on a minute near a full hour; between, a look now and then will do.
      const minute = (it.time.now / MINUTE) % 60;
      step = minute >= 2 && minute < 53 ? 17 * MINUTE : MINUTE;
      await runWorkerRound(it.vault);
      const now = it.time.now;
      const manifest = await latestManifest(it.vault.sql.as('worker'));
      const listed: { seq: number; keys: { kid: string; nbf: number; exp: number }[] } = JSON.parse(
        manifest?.bundle.manifest ?? '',
      );
      expect(listed.seq).toBeGreaterThanOrEqual(seq);
      seq = listed.seq;
      for (const { kid, nbf } of listed.keys) {
        if (!firstSeen.has(kid)) firstSeen.set(kid, nbf * 1000 - now);
      }
      const key = await receiveKey(it);
      used.set(key.kid, (used.get(key.kid) ?? 0) + step / MINUTE);
      expect(await it.vault.receiveKeys.find(key.kid)).toBeDefined();
      const seeds = it.vault.receiveKeys.list();
      expect(seeds.every((seed) => now < seed.exp * 1000 + HOUR)).toBe(true);
      expect(readdirSync(join(it.config.dataDir, 'keys', 'receive'))).toHaveLength(seeds.length);
    }
    // Four keys: each but the last used for its whole day.
    expect([...used.values()]).toStrictEqual([1435, 1440, 1440, 5]);
    const ahead = [...firstSeen.values()].slice(1);
    expect(ahead.every((lead) => lead >= 6 * HOUR - MINUTE)).toBe(true);
  }, 120_000);

  test('opens until an hour after a key ends, and not a second longer', async () => {
    const key = await receiveKey(it);
    it.time.now = (key.exp + 3600) * 1000 - 1000;
    expect(await it.vault.receiveKeys.find(key.kid)).toBeDefined();
    it.time.now += 1000;
    expect(await it.vault.receiveKeys.find(key.kid)).toBeUndefined();
    expect(it.vault.receiveKeys.list().map((each) => each.kid)).toContain(key.kid);
    await runWorkerRound(it.vault);
    expect(it.vault.receiveKeys.list().map((each) => each.kid)).not.toContain(key.kid);
  });

  test('comes back after a week of standstill', async () => {
    it.time.now += 7 * DAY;
    await runWorkerRound(it.vault);
    expect(await receiveKey(it)).toMatchObject({ seq: expect.any(Number) });
    expect(it.vault.receiveKeys.list()).toHaveLength(1);
  });

  test('renews the delegation a week before its end', async () => {
    const delegation = async () =>
      (await latestManifest(it.vault.sql.as('worker')))?.bundle.delegation;
    const { exp }: { exp: number } = JSON.parse((await delegation()) ?? '');
    const before = await delegation();
    it.time.now = exp * 1000 - 7 * DAY - HOUR;
    await runWorkerRound(it.vault);
    expect(await delegation()).toBe(before);
    it.time.now += HOUR;
    await runWorkerRound(it.vault);
    expect(await delegation()).not.toBe(before);
    await receiveKey(it);
  });

  test('replaces a manifest that somebody has changed in the database', async () => {
    await it.vault.sql.owner.query(
      `UPDATE manifests SET bundle = replace(bundle, '\\"seq\\"', '\\"sEq\\"')`,
    );
    await expect(receiveKey(it)).rejects.toThrow('manifest_invalid');
    await runWorkerRound(it.vault);
    await receiveKey(it);
  });
});

describe.each(ENGINES)('purging on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault({ engine });
  }, 60_000);
  afterAll(() => it.close());

  const count = async (table: string) => {
    const [row] = await it.vault.sql.owner.query(`SELECT count(*)::int AS n FROM ${table}`);
    return row?.n;
  };

  test('forgets cards at their end, answers with their ticket, and keeps the record of it', async () => {
    await tokenize(it);
    await tokenize(it, { card: { number: '4242424242424242', expMonth: 1, expYear: 2020 } });
    it.time.now = NOON + DAY - 1000;
    await runWorkerRound(it.vault);
    expect(await Promise.all(['tokens', 'cards', 'attempts'].map(count))).toStrictEqual([1, 1, 0]);
    it.time.now += 1000;
    await runWorkerRound(it.vault);
    expect(await Promise.all(['tokens', 'cards'].map(count))).toStrictEqual([0, 0]);
    const actions = await it.vault.sql.owner.query(
      "SELECT action, outcome FROM audit_entries WHERE action LIKE 'token.%' ORDER BY at, outcome",
    );
    expect(actions).toStrictEqual([
      { action: 'token.create', outcome: 'expired_card' },
      { action: 'token.create', outcome: 'ok' },
      { action: 'token.expire', outcome: 'ok' },
    ]);
  });

  test('forgets in portions what a stop of days has left', async () => {
    const zeros = "decode(repeat('00', 32), 'hex')";
    const past = new Date(it.time.now - 2 * DAY);
    const numbers = 'FROM generate_series(1, 2500) AS n';
    for (const [table, rows] of Object.entries({
      attempts: `SELECT 't', 'n' || n, 1, ${zeros}, 'tok', NULL, NULL, $1::timestamptz ${numbers}`,
      idempotent_answers: `SELECT 't', 'k', sha256(n::text::bytea), ${zeros}, 200, NULL, NULL, '', $1::timestamptz ${numbers}`,
      sessions: `SELECT 't', 's' || n, 'test', '{}', NULL, '{}', 1, NULL, $1::timestamptz, $1::timestamptz ${numbers}`,
      security_codes: `SELECT 't', 's' || n, '\\x00', 'k', $1::timestamptz ${numbers}`,
      limit_counters: `SELECT sha256(n::text::bytea), 1, $1::timestamptz ${numbers}`,
    })) {
      await it.vault.sql.owner.query(`INSERT INTO ${table} ${rows}`, [past]);
    }
    const { sql } = it.vault;
    let most = 0;
    const counting: Database = {
      ...sql,
      as: (role, tenant) => ({
        async query(text, values, name) {
          const rows = await sql.as(role, tenant).query(text, values, name);
          most = Math.max(most, Number(rows[0]?.['n'] ?? 0));
          return rows;
        },
      }),
    };
    await runWorkerRound({ ...it.vault, sql: counting });
    const tables = [
      'attempts',
      'idempotent_answers',
      'sessions',
      'security_codes',
      'limit_counters',
    ];
    expect(await Promise.all(tables.map(count))).toStrictEqual([0, 0, 0, 0, 0]);
    expect(most).toBe(1_000);
  });

  test('lets two workers run at once', async () => {
    it.time.now += DAY;
    await Promise.all(Array.from({ length: 4 }, () => runWorkerRound(it.vault)));
    const windows = it.vault.receiveKeys.list().map((key) => key.nbf);
    expect(new Set(windows).size).toBe(windows.length);
  });

  test.each(['the KEK', 'the key store'])(
    'goes on while %s is away, and then says so',
    async (what) => {
      it.time.now += DAY;
      await runWorkerRound(it.vault);
      const kek = directoryKek(it.config.keyStoreDir);
      const { sql, now, steady, log } = it.vault;
      const opener = { roles: ['worker'], fills: false } as const;
      const vault = await assemble(it.config, { sql, now, steady, log }, opener, kek);
      const folder = vault.keys.folder;
      await tokenize(it);
      expect(await Promise.all(['cards', 'security_codes', 'code_keys'].map(count))).toStrictEqual([
        ...[1, 1, 1],
      ]);
      const away = async () => Promise.reject(new KeysUnavailable('the device is away'));
      if (what === 'the KEK') Object.assign(kek, { wrap: away, unwrap: away, numbers: away });
      else renameSync(folder, `${folder}.away`);
      it.time.now += 2 * DAY;
      await expect(runWorkerRound(vault)).rejects.toThrow(/device is away|ENOENT/);
      if (what !== 'the KEK') renameSync(`${folder}.away`, folder);
      const tables = ['cards', 'tokens', 'security_codes', 'code_keys', 'attempts'];
      expect(await Promise.all(tables.map(count))).toStrictEqual([0, 0, 0, 0, 0]);
      vault.keys.close();
    },
  );

  test('does each thing for itself: what cannot be done keeps nothing else from its end', async () => {
    await runWorkerRound(it.vault);
    await tokenize(it);
    it.time.now += 2 * DAY;
    await it.vault.sql.owner.script('REVOKE DELETE ON security_codes FROM hushfield_worker');
    await expect(runWorkerRound(it.vault)).rejects.toThrow('security_codes');
    await it.vault.sql.owner.script('GRANT DELETE ON security_codes TO hushfield_worker');
    expect(await Promise.all(['cards', 'attempts'].map(count))).toStrictEqual([0, 0]);
    expect(await receiveKey(it)).toMatchObject({ seq: expect.any(Number) });
  });
});
