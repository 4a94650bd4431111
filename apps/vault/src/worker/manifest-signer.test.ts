import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Delegation,
  generateSigningSeed,
  importSigningSeed,
  type SigningKey,
  signDelegation,
} from '@hushfield/crypto/manifest';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { NOON } from '../../test/test-vault.ts';
import { createLog } from '../app/log.ts';
import { assemble } from '../assemble.ts';
import { type Config, readConfig } from '../config.ts';
import { migrate, wantedSchema } from '../db/migrate.ts';
import { gatherFacts } from '../doctor/facts.ts';
import { secretFiles } from '../keys/secret-files.ts';
import { insertDelegation } from '../root/delegation-store.ts';
import { rotateReceive } from '../rotation/rotate-receive.ts';
import { rotateSecret } from '../rotation/rotate-secret.ts';
import { ROLES } from '../role.ts';
import type { Vault } from '../vault.ts';
import { DelegationAlarm } from './delegation-alarm.ts';
import { latestManifest, lowestAcceptedSeq } from './manifest-store.ts';
import { runWorkerRound } from './worker.ts';

const DAY = 24 * 60 * 60;
const root = importSigningSeed(generateSigningSeed());

describe.each(ENGINES)('manifests of live mode on %s', (engine) => {
  let it: TestDatabase;
  let folder: string;
  let vault: Vault;
  let lines: string[];
  let config: Config;
  let now: number;
  beforeEach(async () => {
    it = await emptyDatabase(engine);
    await migrate(it.sql.owner);
    folder = mkdtempSync(join(tmpdir(), 'hushfield-live-'));
    [lines, now] = [[], NOON];
    config = readConfig({
      HUSHFIELD_DATA_DIR: folder,
      MODE: 'live',
      ROOT_PUBLIC_KEY: Buffer.from(root.publicKey).toString('base64url'),
    });
    const log = createLog('info', (line) => lines.push(line));
    const clock = () => now;
    const parts = { sql: it.sql, now: clock, steady: clock, log };
    vault = await assemble(config, parts, { roles: ROLES, fills: true });
  }, 60_000);
  afterEach(async () => {
    vault.keys.close();
    await it.drop();
    rmSync(folder, { recursive: true });
  });

  /** All manifest keys there are, oldest first. */
  const own = async () =>
    (await vault.keys.secrets('manifest')).map(({ key }) => importSigningSeed(key).publicKey);
  const install = async (change: Partial<Delegation> = {}, by: SigningKey = root) => {
    const [manifestKey = new Uint8Array(32)] = (await own()).slice(-1);
    const nbf = now / 1000 - 300;
    const whole = { env: 'live', nbf, exp: nbf + 30 * DAY, manifestKey, ...change } as const;
    await insertDelegation(it.sql.as('admin'), signDelegation(by, whole), new Date(now));
  };
  const signer = async () => {
    const latest = await latestManifest(it.sql.as('worker'));
    if (latest === undefined) return undefined;
    const { manifestKey }: { manifestKey: string } = JSON.parse(latest.bundle.delegation);
    return manifestKey;
  };
  const nameOf = (key: Uint8Array | undefined) => Buffer.from(key ?? '').toString('base64url');

  test('are signed when the root has spoken, and not before; the store never has its seed', async () => {
    await runWorkerRound(vault);
    expect(await signer()).toBeUndefined();
    expect(lines.join('')).toContain('no delegation of the root');
    // All else goes on: receive keys are there when the word comes.
    expect(vault.receiveKeys.list()).toHaveLength(1);
    await install();
    await runWorkerRound(vault);
    expect(await signer()).toBe(nameOf((await own())[0]));
    expect(secretFiles(vault.keys.folder, 'offline-root/root')).toStrictEqual([]);
  });

  test.each<[string, Partial<Delegation>, SigningKey?]>([
    ['of another root', {}, importSigningSeed(generateSigningSeed())],
    ['for test mode', { env: 'test' }],
    ['that is over', { exp: NOON / 1000 }],
    ['that has not begun', { nbf: NOON / 1000 + 60, exp: NOON / 1000 + DAY }],
    ['for another key', { manifestKey: new Uint8Array(32) }],
  ])('attacks: no manifest is signed by a word %s', async (_name, change, by) => {
    await install(change, by);
    await runWorkerRound(vault);
    expect(await signer()).toBeUndefined();
  });

  test('are signed by the old key until the root has spoken for the new one', async () => {
    await install();
    await runWorkerRound(vault);
    const [old] = await own();
    await rotateSecret(vault, 'manifest');
    now += 3 * DAY * 1000;
    await runWorkerRound(vault);
    expect(await signer()).toBe(nameOf(old));
    expect(await own()).toHaveLength(2);
    await install();
    await runWorkerRound(vault);
    const fresh = (await own()).at(-1);
    expect(await signer()).toBe(nameOf(fresh));
    await runWorkerRound(vault);
    expect((await own()).map(nameOf)).toStrictEqual([nameOf(fresh)]);
  });

  test('follow a word that holds longer, and tell a week ahead when it ends', async () => {
    await install({ exp: NOON / 1000 + 8 * DAY });
    const alarm = new DelegationAlarm(vault);
    await runWorkerRound(vault, alarm);
    expect(lines).toStrictEqual([]);
    now += (DAY + 60) * 1000;
    await runWorkerRound(vault, alarm);
    await runWorkerRound(vault, alarm);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      msg: expect.stringContaining('ends on 2026-11-17'),
    });
    await install();
    now += 60 * 60 * 1000;
    await runWorkerRound(vault, alarm);
    expect(lines).toHaveLength(1);
    const { exp }: { exp: number } = JSON.parse(
      (await latestManifest(it.sql.as('worker')))?.bundle.delegation ?? '',
    );
    expect(exp).toBeGreaterThan(NOON / 1000 + 30 * DAY);
  });

  test('are over with the word of the newest key, however long one holds that is no more; doctor says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    const delegated = async () => {
      const view = { does: ['the command line'], schema: wantedSchema() } as const;
      const { delegatedForMs } = await gatherFacts(config, it.sql, view);
      return delegatedForMs;
    };
    try {
      expect(await delegated()).toBeUndefined();
      await install();
      expect(await delegated()).toBe((30 * DAY - 300) * 1000);
      await runWorkerRound(vault);
      await rotateSecret(vault, 'manifest');
      vi.setSystemTime((now += 1000));
      await install({ exp: now / 1000 + 2 * DAY });
      await runWorkerRound(vault);
      expect(await delegated()).toBe(2 * DAY * 1000);
      vi.setSystemTime((now += DAY * 1000));
      await runWorkerRound(vault);
      expect(await own()).toHaveLength(1);
      lines = [];
      vi.setSystemTime((now += 2 * DAY * 1000));
      await runWorkerRound(vault);
      expect(lines.join('')).toContain('frames take no list');
      expect(await delegated()).toBeUndefined();
      await install();
      expect(await delegated()).toBe((30 * DAY - 300) * 1000);
    } finally {
      vi.useRealTimers();
    }
  });

  test('go over to another root once, though nodes of both run: the word that was installed last counts', async () => {
    await install();
    await runWorkerRound(vault);
    const other = importSigningSeed(generateSigningSeed());
    const moved = { ...vault, rootPublicKey: other.publicKey };
    now += 60_000;
    await install({}, other);
    const list = async () => (await latestManifest(it.sql.as('worker')))?.seq;
    const lowest = () => lowestAcceptedSeq(it.sql.as('fields'), now);
    const before = await list();
    // Until a node has the new root, all goes on by the old one.
    await runWorkerRound(vault);
    expect(await list()).toBe(before);
    await runWorkerRound(moved);
    const after = await list();
    expect(after).toBeGreaterThan(before ?? 0);
    // A document with the new root is not given a list of the old one by any cache.
    expect(await lowest()).toBe(after);
    for (let minute = 0; minute < 3; minute++) {
      now += 60_000;
      await expect(runWorkerRound(vault)).rejects.toThrow('another root');
      await expect(rotateReceive(vault, true)).rejects.toThrow('another root');
      await runWorkerRound(moved);
    }
    expect(await list()).toBe(after);
  });

  test('are made anew at once where somebody has changed the word in one, and taken from no cache', async () => {
    await install();
    await runWorkerRound(vault);
    const [row] = await it.sql.owner.query('SELECT bundle FROM manifests');
    const bundle = JSON.parse(String(row?.['bundle']));
    const signature = `A${String(bundle.delegationSignature).slice(1)}`.replace(/^AA/, 'BA');
    await it.sql.owner.query('UPDATE manifests SET bundle = $1', [
      JSON.stringify({ ...bundle, delegationSignature: signature }),
    ]);
    await runWorkerRound(vault);
    const latest = await latestManifest(it.sql.as('worker'));
    expect(latest?.bundle.delegationSignature).toBe(bundle.delegationSignature);
    expect(await lowestAcceptedSeq(it.sql.as('fields'), now)).toBe(latest?.seq);
  });
});
