import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import type { KeyDirectory } from '../keys/key-directory.ts';

/**
 * Makes sure a tenant has its data key, on the disk first and in the table after.
 *
 * @throws StartError when the database knows a data key that the key directory does not hold: a new
 * one in its place would hide that old cards cannot be opened any more.
 */
export async function ensureDataKey(
  sql: Sql,
  keys: KeyDirectory,
  tenant: string,
  at: Date,
): Promise<void> {
  const known = await sql.query('SELECT data_key_id FROM data_keys WHERE tenant = $1', [tenant]);
  if (known.length > 0 && !keys.hasDataKey(tenant)) {
    throw new StartError(
      'The key directory does not belong to this database: a data key is missing.',
    );
  }
  await sql.query(
    `INSERT INTO data_keys (tenant, data_key_id, class, created_at)
     VALUES ($1, $2, 'pan', $3) ON CONFLICT DO NOTHING`,
    [tenant, keys.dataKey(tenant).id, at],
  );
}
