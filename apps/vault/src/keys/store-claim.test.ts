import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { NOON } from '../../test/test-vault.ts';
import { createLog } from '../app/log.ts';
import { assemble } from '../assemble.ts';
import { readConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { COMMAND, type Opener, ROLES } from '../role.ts';
import { rotateSecret } from '../rotation/rotate-secret.ts';
import { ensureTenantKeys } from '../tenants/tenant-keys.ts';
import { insertTenant } from '../tenants/tenant-store.ts';
import { closeKeys } from './forget-keys.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
const START: Opener = { roles: ROLES, fills: true };
const API: Opener = { roles: ['api'], fills: true };

describe.each(ENGINES)('a key store and its database on %s', (engine) => {
  let it: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    it = await emptyDatabase(engine);
    await migrate(it.sql.owner);
    folder = mkdtempSync(join(tmpdir(), 'hushfield-claim-'));
  }, 60_000);
  afterEach(async () => {
    await it.drop();
    rmSync(folder, { recursive: true });
  });

  const at = (name: string) => join(folder, name);
  const open = async (name: string, opener: Opener) => {
    const config = readConfig({ HUSHFIELD_DATA_DIR: folder, KEY_STORE_DIR: at(name) });
    const clock = () => NOON;
    const log = createLog('silent', () => {});
    return assemble(config, { sql: it.sql, now: clock, steady: clock, log }, opener);
  };
  const pepperOf = async (name: string, opener = START) => {
    const vault = await open(name, opener);
    const pepper = Buffer.from(await vault.keys.secret('pepper')).toString('hex');
    closeKeys(vault);
    return pepper;
  };
  /** A deployment with the keys of a tenant. */
  const inUse = async () => {
    const vault = await open('own', START);
    const when = new Date(NOON);
    await insertTenant(it.sql.as('admin'), TENANT, 'a tenant', when);
    await ensureTenantKeys(it.sql.as('admin'), vault.keys, TENANT, when);
    closeKeys(vault);
  };
  const files = (name: string) =>
    existsSync(at(name)) ? readdirSync(at(name), { recursive: true }) : [];
  /** As it was when neither had an id. */
  const forgetIds = async () => {
    await it.sql.owner.query('DELETE FROM key_store');
    rmSync(at('own/store-id'));
  };

  test('find each other at the first start, whoever is first of several', async () => {
    const peppers = await Promise.all([pepperOf('own'), pepperOf('own', API), pepperOf('own')]);
    expect(new Set(peppers).size).toBe(1);
    expect(await pepperOf('own', COMMAND)).toBe(peppers[0]);
  });

  test('are two of one only: of two folders that start at once, the other stays without keys', async () => {
    const names = ['one', 'two'];
    const outcomes = await Promise.allSettled(names.map((name) => pepperOf(name)));
    expect(outcomes.map(({ status }) => status).toSorted()).toStrictEqual([
      'fulfilled',
      'rejected',
    ]);
    const other = names[outcomes.findIndex(({ status }) => status === 'rejected')] ?? '';
    // It may have been told before it wrote anything.
    expect(['', 'store-id']).toContain(files(other).join());
    await expect(open(other, START)).rejects.toThrow('check KEY_STORE_DIR');
  });

  test.each([
    ['a start', START],
    ['an api node', API],
    ['a command', COMMAND],
  ])('are not parted by %s that finds an empty folder', async (_name, opener) => {
    await inUse();
    await expect(open('unmounted', opener)).rejects.toThrow('check KEY_STORE_DIR');
    expect(files('unmounted')).toStrictEqual([]);
  });

  test('are made by no command', async () => {
    await expect(open('own', COMMAND)).rejects.toThrow('check KEY_STORE_DIR');
    expect(files('own')).toStrictEqual([]);
    await pepperOf('own');
    // As a start leaves it that was cut off.
    for (const name of ['complete', 'ticket']) rmSync(at(`own/${name}`));
    await expect(open('own', COMMAND)).rejects.toThrow('did not come to its end');
    expect(files('own')).not.toContain('ticket');
    await pepperOf('own');
    expect(files('own')).toContain('ticket');
  });

  test('of a version before ids are joined at the next start, and not to a stranger', async () => {
    await inUse();
    const pepper = await pepperOf('own');
    await forgetIds();
    await expect(open('unmounted', START)).rejects.toThrow('check KEY_STORE_DIR');
    expect(files('unmounted')).toStrictEqual([]);
    // A command may come first, and changes nothing.
    expect(await pepperOf('own', COMMAND)).toBe(pepper);
    expect(files('own')).not.toContain('store-id');
    expect(await pepperOf('own', API)).toBe(pepper);
    expect(files('own')).toContain('store-id');
    await expect(open('unmounted', COMMAND)).rejects.toThrow('check KEY_STORE_DIR');
  });

  test('are not filled again where the store was emptied', async () => {
    await inUse();
    for (const name of ['complete', 'pepper']) rmSync(at(`own/${name}`));
    await expect(open('own', START)).rejects.toThrow('check KEY_STORE_DIR');
    expect(files('own')).not.toContain('pepper');
  });

  test('a new database takes an older store, which keeps its id', async () => {
    const pepper = await pepperOf('own');
    await it.sql.owner.query('DELETE FROM key_store');
    expect(await pepperOf('own')).toBe(pepper);
  });

  test('a store that lost the newest key of a name, or is older than it, is not taken', async () => {
    const vault = await open('own', START);
    const from = await rotateSecret(vault, 'ticket');
    closeKeys(vault);
    await pepperOf('own');
    rmSync(at(`own/ticket.${from}`));
    await expect(open('own', API)).rejects.toThrow(`ticket.${from} is missing`);
  });
});
