import * as z from 'zod';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';

const KeyRow = z.object({
  data_key_id: z.string(),
  retired_at: z.date().nullable(),
  destroyed_at: z.date().nullable(),
});
export type KnownDataKey = {
  readonly id: string;
  readonly retiredAt: Date | null;
  readonly destroyedAt: Date | null;
};

/** What the database knows of a tenant's data keys, oldest first. */
export async function listDataKeys(sql: Sql, tenant: string): Promise<KnownDataKey[]> {
  const rows = await sql.query(
    `SELECT data_key_id, retired_at, destroyed_at FROM data_keys WHERE tenant = $1
     ORDER BY created_at, data_key_id`,
    [tenant],
  );
  return rows.map((row) => {
    const { data_key_id: id, retired_at: retiredAt, destroyed_at } = KeyRow.parse(row);
    return { id, retiredAt, destroyedAt: destroyed_at };
  });
}

export async function everyTenant(sql: Sql): Promise<string[]> {
  const rows = await sql.query('SELECT tenant FROM tenants ORDER BY tenant');
  return rows.map((row) => z.string().parse(row.tenant));
}

const AUDITED = { actor: 'operator', outcome: 'ok', requestId: null } as const;

/** Lets envelopes be stored under a data key; those in force before stay so. */
export async function putInForce(sql: Sql, tenant: string, id: string, at: Date) {
  await sql.query(
    `INSERT INTO data_keys (tenant, data_key_id, class, created_at)
     VALUES ($1, $2, 'pan', $3) ON CONFLICT DO NOTHING`,
    [tenant, id, at],
  );
}

/** From now on nothing is stored under any data key but this one. */
export async function retireOthers(sql: Sql, tenant: string, id: string, at: Date) {
  await sql.query(
    'UPDATE data_keys SET retired_at = $3 WHERE tenant = $1 AND data_key_id <> $2 AND retired_at IS NULL',
    [tenant, id, at],
  );
  await insertAudit(sql, { ...AUDITED, tenant, at, action: 'data_key.rotate', resource: id });
}

/** From now on nothing is stored for this tenant at all. */
export async function retireAll(sql: Sql, tenant: string, at: Date): Promise<void> {
  await sql.query('UPDATE data_keys SET retired_at = $2 WHERE tenant = $1 AND retired_at IS NULL', [
    tenant,
    at,
  ]);
}

/** Each of them is sealed anew in a rotation, see SEALED. */
const HOLD_ENVELOPES = [
  'cards',
  'idempotent_answers',
  'destinations',
  'forwards',
  'webhook_secrets',
];

/** How many envelopes lie under other keys than the one in use. */
export async function countUnder(sql: Sql, tenant: string, ids: readonly string[]) {
  const [row] = await sql.query(
    `SELECT ${HOLD_ENVELOPES.map((table) => `(SELECT count(*) FROM ${table} WHERE tenant = $1 AND data_key_id = ANY($2))`).join(' + ')} AS n`,
    [tenant, ids],
  );
  return Number(row?.n);
}

export async function noteDestroyed(sql: Sql, tenant: string, id: string, at: Date) {
  const rows = await sql.query(
    `UPDATE data_keys SET destroyed_at = $3, retired_at = coalesce(retired_at, $3)
     WHERE tenant = $1 AND data_key_id = $2 AND destroyed_at IS NULL RETURNING data_key_id`,
    [tenant, id, at],
  );
  // Another run had noted it already.
  if (rows.length === 0) return;
  await insertAudit(sql, { ...AUDITED, tenant, at, action: 'data_key.destroy', resource: id });
}
