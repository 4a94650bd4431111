import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

const ApiKeyRow = z.object({
  tenant: z.string(),
  key_id: z.string(),
  kind: z.enum(['pk', 'sk']),
  mode: z.enum(['test', 'live']),
  hash: z.instanceof(Uint8Array),
  last_used_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  origins: z.array(z.string()),
});

/** An API key as stored: everything but the key. */
export type StoredKey = {
  readonly tenant: string;
  readonly keyId: string;
  readonly kind: 'pk' | 'sk';
  readonly mode: 'test' | 'live';
  readonly hash: Uint8Array;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly origins: readonly string[];
};

export type NewKey = Pick<StoredKey, 'tenant' | 'keyId' | 'kind' | 'mode' | 'hash'>;

const FIND = 'SELECT (found.key).*, found.origins FROM find_api_key($1) AS found';

/** Finds a key by its public id, revoked ones too. */
export async function findKey(sql: Sql, keyId: string): Promise<StoredKey | undefined> {
  const [row] = await sql.query(FIND, [keyId], 'find-key');
  if (row === undefined) return undefined;
  const key = ApiKeyRow.parse(row);
  return {
    tenant: key.tenant,
    keyId: key.key_id,
    kind: key.kind,
    mode: key.mode,
    hash: key.hash,
    lastUsedAt: key.last_used_at,
    revokedAt: key.revoked_at,
    origins: key.origins,
  };
}

export async function insertTenant(sql: Sql, tenant: string, name: string, at: Date) {
  await sql.query(
    'INSERT INTO tenants (tenant, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tenant, name, at],
  );
}

export async function insertKey(sql: Sql, key: NewKey, at: Date): Promise<void> {
  await sql.query(
    `INSERT INTO api_keys (tenant, key_id, kind, mode, hash, created_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [key.tenant, key.keyId, key.kind, key.mode, key.hash, at],
  );
}

/** Makes these the key's only origins. */
export async function setOrigins(
  sql: Sql,
  key: Pick<StoredKey, 'tenant' | 'keyId'>,
  origins: readonly string[],
  at: Date,
): Promise<void> {
  await sql.query('DELETE FROM origins WHERE tenant = $1 AND key_id = $2 AND origin <> ALL($3)', [
    key.tenant,
    key.keyId,
    origins,
  ]);
  await sql.query(
    `INSERT INTO origins (tenant, key_id, origin, created_at)
     SELECT $1, $2, origin, $4 FROM unnest($3::text[]) AS origin ON CONFLICT DO NOTHING`,
    [key.tenant, key.keyId, origins, at],
  );
}

export async function touchKey(
  sql: Sql,
  { tenant, keyId }: Pick<StoredKey, 'tenant' | 'keyId'>,
  at: Date,
): Promise<void> {
  const values = [tenant, keyId, at];
  await sql.query(
    'UPDATE api_keys SET last_used_at = $3 WHERE tenant = $1 AND key_id = $2',
    values,
    'touch-key',
  );
}
