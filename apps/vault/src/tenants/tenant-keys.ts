import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import type { KeyStore } from '../keys/key-store.ts';

/**
 * Makes the keys of a new tenant, on the disk first and in the table after. For a tenant that has
 * them, only makes sure that the key store is the one its cards were sealed under.
 *
 * @throws StartError when the database knows a data key that the key store does not hold: a new
 * one in its place would hide that old cards cannot be opened any more.
 */
export async function ensureTenantKeys(
  sql: Sql,
  keys: KeyStore,
  tenant: string,
  at: Date,
): Promise<void> {
  const known = await sql.query(
    'SELECT data_key_id, retired_at IS NULL AS in_force FROM data_keys WHERE tenant = $1',
    [tenant],
  );
  if (known.length === 0) return createKeys(sql, keys, tenant, at);
  const inForce = known.flatMap((row) => (row.in_force === true ? [row.data_key_id] : []));
  const newest = keys.tenants.dataKeys(tenant).at(-1);
  const fits = newest?.wrapped !== undefined && inForce.includes(newest.id);
  if (!fits || !keys.tenants.hasFingerprint(tenant)) refuse();
}

async function createKeys(sql: Sql, keys: KeyStore, tenant: string, at: Date): Promise<void> {
  // Keys without a row are of a start that was cut off, or of another database.
  const id = await keys.tenants.create(tenant);
  if (!keys.tenants.dataKeys(tenant).some((each) => each.id === id)) refuse();
  await sql.query(
    `INSERT INTO data_keys (tenant, data_key_id, class, created_at) VALUES ($1, $2, 'pan', $3)
     ON CONFLICT DO NOTHING`,
    [tenant, id, at],
  );
}

function refuse(): never {
  throw new StartError(
    'The key store does not belong to this database: a key of a tenant is missing; restore it.',
  );
}
