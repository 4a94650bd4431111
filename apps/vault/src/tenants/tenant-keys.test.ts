import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { NOON } from '../../test/test-vault.ts';
import { migrate } from '../db/migrate.ts';
import { openKeyStore } from '../keys/first-start.ts';
import { directoryKek } from '../keys/kek/directory-kek.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { ensureTenantKeys } from './tenant-keys.ts';
import { insertTenant } from './tenant-store.ts';

const TENANT = `ten_${'A'.repeat(22)}`;
let folder: string;
let it: TestDatabase;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushfield-tenant-'));
  it = await emptyDatabase('embedded');
  await migrate(it.sql.owner);
  await insertTenant(it.sql.as('admin'), TENANT, 'a tenant', new Date(NOON));
}, 60_000);
afterEach(async () => {
  await it.drop();
  rmSync(folder, { recursive: true });
});

const directory = (name: string) =>
  openKeyStore(
    join(folder, name),
    directoryKek(join(folder, name)),
    { now: () => NOON, steady: () => NOON },
    { mode: 'test', makes: 'new', needs: new Set() },
  );
const ensure = (keys: KeyStore) =>
  ensureTenantKeys(it.sql.as('admin'), keys, TENANT, new Date(NOON));

test('makes the keys of a new tenant once, and notes the data key', async () => {
  const keys = await directory('keys');
  await ensure(keys);
  const { id } = (await keys.tenantKeys(TENANT)).pan;
  await ensure(await directory('keys'));
  const noted = await it.sql.owner.query('SELECT tenant, data_key_id FROM data_keys');
  expect(noted).toStrictEqual([{ tenant: TENANT, data_key_id: id }]);
});

test.each([`${TENANT}.fingerprint`, `${TENANT}.pan.0001`])(
  'refuses a directory that has lost %s, and makes nothing in its place',
  async (name) => {
    await ensure(await directory('keys'));
    rmSync(join(folder, 'keys', 'tenants', name));
    await expect(ensure(await directory('keys'))).rejects.toThrow('a key of a tenant is missing');
    expect(existsSync(join(folder, 'keys', 'tenants', name))).toBe(false);
  },
);

test('refuses the directory of another deployment', async () => {
  await ensure(await directory('keys'));
  const other = await directory('other');
  await other.tenants.create(TENANT);
  await expect(ensure(other)).rejects.toThrow('does not belong to this database');
});
