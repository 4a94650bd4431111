import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { NOON } from '../../test/test-vault.ts';
import { migrate } from '../db/migrate.ts';
import { openKeyDirectory } from '../keys/first-start.ts';
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

const directory = (name: string) => openKeyDirectory(join(folder, name), () => NOON);
const ensure = (keys: ReturnType<typeof directory>) =>
  ensureTenantKeys(it.sql.as('admin'), keys, TENANT, new Date(NOON));

test('makes the keys of a new tenant once, and notes the data key', async () => {
  const keys = directory('keys');
  await ensure(keys);
  const { id } = keys.dataKey(TENANT);
  await ensure(directory('keys'));
  const noted = await it.sql.owner.query('SELECT tenant, data_key_id FROM data_keys');
  expect(noted).toStrictEqual([{ tenant: TENANT, data_key_id: id }]);
});

test.each([`${TENANT}.fingerprint`, `${TENANT}.pan.0001`])(
  'refuses a directory that has lost %s, and makes nothing in its place',
  async (name) => {
    await ensure(directory('keys'));
    rmSync(join(folder, 'keys', 'tenants', name));
    await expect(ensure(directory('keys'))).rejects.toThrow('a key of a tenant is missing');
    expect(directory('keys').hasTenantKeys(TENANT)).toBe(false);
  },
);

test('refuses the directory of another deployment', async () => {
  await ensure(directory('keys'));
  const other = directory('other');
  other.createTenantKeys(TENANT);
  await expect(ensure(other)).rejects.toThrow('does not belong to this database');
});
