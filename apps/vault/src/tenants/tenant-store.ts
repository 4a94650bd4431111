import { BinDigits } from '@hushfield/contract/boot';
import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Row, Sql } from '../db/sql.ts';

const KeyColumns = z.object({
  tenant: z.string(),
  key_id: z.string(),
  kind: z.enum(['pk', 'sk', 'rk']),
  mode: z.enum(['test', 'live']),
  hash: z.instanceof(Uint8Array),
  pepper_from: z.coerce.number(),
  label: z.string(),
  scopes: z.array(z.string()),
  addresses: z.array(z.string()),
  created_at: z.date(),
  expires_at: z.date().nullable(),
  last_used_at: z.date().nullable(),
  revoked_at: z.date().nullable(),
  rolled_from: z.string().nullable(),
  sessions_required: z.boolean(),
  forward_needs_grant: z.boolean(),
  brands: z.array(z.string()).nullable(),
  bin_digits: BinDigits,
});
const ApiKeyRow = z.object({ ...KeyColumns.shape, origins: z.array(z.string()) });

/** An API key as stored: everything but the key. */
export type StoredKey = {
  readonly tenant: string;
  readonly keyId: string;
  readonly kind: 'pk' | 'sk' | 'rk';
  readonly mode: 'test' | 'live';
  readonly hash: Uint8Array;
  /** Since when the pepper it was hashed with is in use, in unix seconds. */
  readonly pepperFrom: number;
  readonly label: string;
  readonly scopes: readonly string[];
  /** Addresses and CIDR blocks it may come from; none means any. */
  readonly addresses: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly rolledFrom: string | null;
  /** Of a publishable key: what frames under it may do, and where. */
  readonly sessionsRequired: boolean;
  /** Of one with the scope `forward`: only what a grant allows. */
  readonly forwardNeedsGrant: boolean;
  readonly brands: readonly string[] | null;
  readonly binDigits: BinDigits;
  readonly origins: readonly string[];
};

type Owned = Pick<StoredKey, 'tenant' | 'keyId'>;
/** What a new key must say; all else has a default. */
export type NewKey = Owned &
  Pick<StoredKey, 'kind' | 'mode' | 'hash' | 'pepperFrom'> &
  Partial<
    Pick<
      StoredKey,
      | 'label'
      | 'scopes'
      | 'addresses'
      | 'expiresAt'
      | 'rolledFrom'
      | 'sessionsRequired'
      | 'forwardNeedsGrant'
      | 'brands'
      | 'binDigits'
    >
  >;

const FIND = `SELECT ${columnsOf(KeyColumns, '(found.key).')}, found.origins FROM find_api_key($1) AS found`;

const WITH_ORIGINS = `
SELECT ${columnsOf(KeyColumns, 'k.')}, ARRAY(SELECT origin FROM origins o
  WHERE o.tenant = k.tenant AND o.key_id = k.key_id ORDER BY origin) AS origins
FROM api_keys k`;

/** Finds a key by its public id, revoked and expired ones too. Needs no tenant. */
export async function findKey(sql: Sql, keyId: string): Promise<StoredKey | undefined> {
  const [row] = await sql.query(FIND, [keyId], 'find-key');
  return row === undefined ? undefined : storedKey(row);
}

/** A tenant's keys, newest first, without those that were revoked or ran out before a moment. */
export async function listKeys(sql: Sql, tenant: string, endedBefore: Date): Promise<StoredKey[]> {
  const rows = await sql.query(
    `${WITH_ORIGINS} WHERE tenant = $1 AND least(revoked_at, expires_at) IS NULL
       OR tenant = $1 AND least(revoked_at, expires_at) > $2
     ORDER BY created_at DESC, key_id`,
    [tenant, endedBefore],
    'list-keys',
  );
  return rows.map(storedKey);
}

/** A tenant's key, revoked and expired ones too; another's is as none, to the row security as well. */
export async function findOwnKey(
  sql: Sql,
  { tenant, keyId }: Owned,
): Promise<StoredKey | undefined> {
  const [row] = await sql.query(
    `${WITH_ORIGINS} WHERE k.tenant = $1 AND k.key_id = $2`,
    [tenant, keyId],
    'find-own-key',
  );
  return row === undefined ? undefined : storedKey(row);
}

function storedKey(row: Row): StoredKey {
  const key = ApiKeyRow.parse(row);
  return {
    tenant: key.tenant,
    keyId: key.key_id,
    kind: key.kind,
    mode: key.mode,
    hash: key.hash,
    pepperFrom: key.pepper_from,
    label: key.label,
    scopes: key.scopes,
    addresses: key.addresses,
    createdAt: key.created_at,
    expiresAt: key.expires_at,
    lastUsedAt: key.last_used_at,
    revokedAt: key.revoked_at,
    rolledFrom: key.rolled_from,
    sessionsRequired: key.sessions_required,
    forwardNeedsGrant: key.forward_needs_grant,
    brands: key.brands,
    binDigits: key.bin_digits,
    origins: key.origins,
  };
}

export async function insertTenant(sql: Sql, tenant: string, name: string, at: Date) {
  await sql.query(
    'INSERT INTO tenants (tenant, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [tenant, name, at],
  );
}

const TenantRow = z.object({
  tenant: z.string(),
  name: z.string(),
  created_at: z.date(),
  shredded_at: z.date().nullable(),
});
const AtStake = z.object({ tenant: z.string(), origin: z.string() });
const TENANTS = `SELECT ${columnsOf(TenantRow)} FROM tenants`;

export async function listTenants(sql: Sql) {
  return (await sql.query(`${TENANTS} ORDER BY created_at`)).map(tenantOf);
}

/** A tenant, one that was shredded too. */
export async function findTenant(sql: Sql, tenant: string) {
  const [row] = await sql.query(`${TENANTS} WHERE tenant = $1`, [tenant]);
  return row && tenantOf(row);
}

function tenantOf(row: Row) {
  const { created_at: createdAt, shredded_at: shreddedAt, ...tenant } = TenantRow.parse(row);
  return { ...tenant, createdAt, shreddedAt };
}

/**
 * Origins that count only because their tenant is the only one: nobody has shown to control them, and the next
 * tenant takes them out of force. Of keys in force, as in `find_api_key`; none where there are several tenants.
 */
export async function originsAtStake(
  sql: Sql,
  at: Date,
): Promise<{ readonly tenant: string; readonly origin: string }[]> {
  const rows = await sql.query(
    `SELECT DISTINCT o.tenant, o.origin FROM tenants t
       JOIN api_keys k ON k.tenant = t.tenant
       JOIN origins o ON o.tenant = k.tenant AND o.key_id = k.key_id
     WHERE t.shredded_at IS NULL AND o.proved_at IS NULL
       AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $1)
       AND NOT EXISTS (SELECT FROM tenants a WHERE a.shredded_at IS NULL OFFSET 1)
     ORDER BY o.origin`,
    [at],
  );
  return rows.map((row) => AtStake.parse(row));
}

/** Notes that a tenant controls an origin; says for how many of its keys. */
export async function proveOrigin(sql: Sql, tenant: string, origin: string, at: Date) {
  const rows = await sql.query(
    'UPDATE origins SET proved_at = coalesce(proved_at, $3) WHERE tenant = $1 AND origin = $2 RETURNING key_id',
    [tenant, origin, at],
  );
  return rows.length;
}

/** Stores a new key. One of the same id stays as it is. */
export async function insertKey(sql: Sql, key: NewKey, at: Date): Promise<void> {
  await sql.query(
    `INSERT INTO api_keys (tenant, key_id, kind, mode, hash, created_at, label, scopes, addresses,
       expires_at, rolled_from, sessions_required, brands, bin_digits, pepper_from,
       forward_needs_grant)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING`,
    [
      ...[key.tenant, key.keyId, key.kind, key.mode, key.hash, at],
      ...[key.label ?? '', key.scopes ?? [], key.addresses ?? [], key.expiresAt ?? null],
      ...[key.rolledFrom ?? null, key.sessionsRequired ?? false, key.brands ?? null],
      ...[key.binDigits ?? 0, key.pepperFrom, key.forwardNeedsGrant ?? false],
    ],
  );
}

/** Puts a hash under a newer pepper in the place of the one that was found. */
export async function rehashKey(
  sql: Sql,
  { keyId, hash }: Pick<StoredKey, 'keyId' | 'hash'>,
  fresh: Pick<StoredKey, 'hash' | 'pepperFrom'>,
): Promise<void> {
  const values = [keyId, hash, fresh.hash, fresh.pepperFrom];
  await sql.query('SELECT rehash_api_key($1, $2, $3, $4)', values, 'rehash-key');
}

/**
 * Ends a key now, or a rolled one when its time to change over has passed; never later than it would have
 * ended by itself. False when it had ended.
 */
export async function endKey(sql: Sql, { tenant, keyId }: Owned, at: Date, now: Date) {
  const end = at > now ? 'expires_at = least(expires_at, $3)' : 'revoked_at = $3';
  const rows = await sql.query(
    `UPDATE api_keys SET ${end} WHERE tenant = $1 AND key_id = $2 AND revoked_at IS NULL
       AND (expires_at IS NULL OR expires_at > $4) RETURNING key_id`,
    [tenant, keyId, at, now],
  );
  return rows.length === 1;
}

/** Registers origins of a new key. With several tenants, each counts once it is shown to be its tenant's. */
export async function addOrigins(
  sql: Sql,
  { tenant, keyId }: Owned,
  origins: readonly string[],
  at: Date,
): Promise<void> {
  await sql.query(
    `INSERT INTO origins (tenant, key_id, origin, created_at)
     SELECT $1, $2, origin, $4 FROM unnest($3::text[]) AS origin ON CONFLICT DO NOTHING`,
    [tenant, keyId, origins, at],
  );
}

/** Makes these the key's only origins, which the operator answers for. */
export async function setOrigins(
  sql: Sql,
  key: Owned,
  origins: readonly string[],
  at: Date,
): Promise<void> {
  await sql.query('DELETE FROM origins WHERE tenant = $1 AND key_id = $2 AND origin <> ALL($3)', [
    key.tenant,
    key.keyId,
    origins,
  ]);
  await sql.query(
    `INSERT INTO origins (tenant, key_id, origin, created_at, proved_at)
     SELECT $1, $2, origin, $4, $4 FROM unnest($3::text[]) AS origin ON CONFLICT DO NOTHING`,
    [key.tenant, key.keyId, origins, at],
  );
}

/** Gives a key the origins of the one it was rolled from, proved as they are; in its tenant's rows. */
export async function copyOrigins(sql: Sql, keyId: string): Promise<void> {
  await sql.query('SELECT copy_origins($1)', [keyId]);
}

export async function touchKey(sql: Sql, { tenant, keyId }: Owned, at: Date): Promise<void> {
  const values = [tenant, keyId, at];
  await sql.query(
    'UPDATE api_keys SET last_used_at = $3 WHERE tenant = $1 AND key_id = $2',
    values,
    'touch-key',
  );
}
