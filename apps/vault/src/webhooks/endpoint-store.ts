import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Sql } from '../db/sql.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import type { SealedSecret } from './webhook-secret.ts';

const EndpointRow = z.object({
  tenant: z.string(),
  endpoint_id: z.string(),
  mode: z.enum(['test', 'live']),
  url: z.string(),
  types: z.array(z.string()),
  description: z.string(),
  status: z.enum(['enabled', 'disabled']),
  disabled_reason: z.enum(['asked', 'failing', 'gone']).nullable(),
  failing_since: z.date().nullable(),
  created_at: z.date(),
});
const Found = z.object({ ...EndpointRow.shape, public_keys: z.array(z.string()) });
/** An endpoint, with the public halves of what it is signed to with. */
export type Endpoint = z.infer<typeof Found>;

/** What is said of a new one. */
export type NewEndpoint = Pick<
  Endpoint,
  'tenant' | 'endpoint_id' | 'mode' | 'url' | 'types' | 'description' | 'created_at'
>;

/** A tenant has at most so many: each act of its writes a row for each that listens. */
export const MOST_ENDPOINTS = 16;

const FIND = (which: string) => `
SELECT ${columnsOf(EndpointRow, 'e.')}, ARRAY(SELECT s.public_key FROM webhook_secrets s
  WHERE s.tenant = e.tenant AND s.endpoint_id = e.endpoint_id
    AND (s.expires_at IS NULL OR s.expires_at > $3)
  ORDER BY s.created_at DESC, s.secret_id) AS public_keys
FROM webhook_endpoints e WHERE e.tenant = $1 AND e.mode = $2 AND e.status <> 'deleted' ${which}`;
const FIND_ONE = FIND('AND e.endpoint_id = $4');
const LIST = FIND('ORDER BY e.created_at DESC, e.endpoint_id');

/** Whose, and as of when. */
export type Whose = { readonly tenant: string; readonly mode: 'test' | 'live'; readonly now: Date };

export async function findEndpoint(
  sql: Sql,
  { tenant, mode, now }: Whose,
  endpointId: string,
): Promise<Endpoint | undefined> {
  const [row] = await sql.query(FIND_ONE, [tenant, mode, now, endpointId], 'find-endpoint');
  return row === undefined ? undefined : Found.parse(row);
}

export async function listEndpoints(sql: Sql, { tenant, mode, now }: Whose): Promise<Endpoint[]> {
  const rows = await sql.query(LIST, [tenant, mode, now], 'list-endpoints');
  return rows.map((row) => Found.parse(row));
}

/** False when the tenant has as many as it may. */
export async function insertEndpoint(sql: Sql, endpoint: NewEndpoint): Promise<boolean> {
  const { tenant, endpoint_id, mode, url, types, description, created_at } = endpoint;
  // Of two who ask at once, the second counts what the first has made.
  await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 27))', [tenant]);
  const rows = await sql.query(
    `INSERT INTO webhook_endpoints
       (tenant, endpoint_id, mode, url, types, description, created_at, changed_at)
     SELECT $1, $2, $3, $4, $5::text[], $6, $7::timestamptz, $7::timestamptz
     WHERE (SELECT count(*) FROM webhook_endpoints WHERE tenant = $1 AND status <> 'deleted')
       < ${MOST_ENDPOINTS} RETURNING endpoint_id`,
    [tenant, endpoint_id, mode, url, types, description, created_at],
  );
  return rows.length === 1;
}

/** False when the data key that it is sealed under was retired meanwhile. */
export async function insertSecret(
  sql: Sql,
  { tenant, endpoint_id }: Pick<Endpoint, 'tenant' | 'endpoint_id'>,
  { secretId, envelope, dataKeyId, publicKey }: SealedSecret,
  at: Date,
): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO webhook_secrets
       (tenant, endpoint_id, secret_id, envelope, data_key_id, public_key, created_at)
     SELECT $1, $2, $3, $4::bytea, $5, $6, $7::timestamptz WHERE ${KEYS_IN_FORCE('$1', '$5')}
     RETURNING secret_id`,
    [tenant, endpoint_id, secretId, envelope, dataKeyId, publicKey, at],
  );
  return rows.length === 1;
}

/**
 * Lets what is signed with now end; what was to end earlier still does. Of older ones than the newest, `now` is the
 * end: each that lives makes every request longer, and they could be as many as there are requests to roll.
 */
export async function endSecrets(
  sql: Sql,
  { tenant, endpoint_id }: Pick<Endpoint, 'tenant' | 'endpoint_id'>,
  now: Date,
  until: Date,
): Promise<void> {
  // Of two who roll at once, the second ends what the first has made.
  await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 28))', [endpoint_id]);
  await sql.query(
    `UPDATE webhook_secrets SET expires_at = least(expires_at, CASE WHEN secret_id = (
       SELECT s.secret_id FROM webhook_secrets s WHERE s.tenant = $1 AND s.endpoint_id = $2
       ORDER BY (s.expires_at IS NULL) DESC, s.created_at DESC, s.secret_id LIMIT 1)
       THEN $4::timestamptz ELSE $3::timestamptz END)
     WHERE tenant = $1 AND endpoint_id = $2`,
    [tenant, endpoint_id, now, until],
  );
}

/** What may be changed of an endpoint; what is left out stays. */
export type EndpointChange = {
  readonly url?: string | undefined;
  readonly types?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly status?: 'enabled' | 'disabled' | undefined;
};

/** One that is enabled, again or still, begins anew: nothing is held against it. */
const UPDATE = `
UPDATE webhook_endpoints SET
  url = coalesce($4, url), types = coalesce($5::text[], types),
  description = coalesce($6, description), status = coalesce($7, status),
  disabled_reason = CASE coalesce($7, status) WHEN 'disabled' THEN coalesce(disabled_reason, 'asked') END,
  failing_since = CASE WHEN $7 = 'enabled' THEN NULL ELSE failing_since END,
  failures = CASE WHEN $7 = 'enabled' THEN 0 ELSE failures END,
  paused_until = CASE WHEN $7 = 'enabled' THEN NULL ELSE paused_until END,
  changed_at = $8
WHERE tenant = $1 AND mode = $2 AND endpoint_id = $3 AND status <> 'deleted' RETURNING endpoint_id`;

export async function updateEndpoint(
  sql: Sql,
  { tenant, mode, now }: Whose,
  endpointId: string,
  { url, types, description, status }: EndpointChange,
): Promise<boolean> {
  const change = [url ?? null, types ?? null, description ?? null, status ?? null];
  const rows = await sql.query(UPDATE, [tenant, mode, endpointId, ...change, now]);
  return rows.length === 1;
}

/** Its secrets are gone at once; what was sent there stays in the log until the events do. */
export async function deleteEndpoint(
  sql: Sql,
  { tenant, mode, now }: Whose,
  endpointId: string,
): Promise<boolean> {
  const rows = await sql.query(
    `UPDATE webhook_endpoints SET status = 'deleted', disabled_reason = NULL, changed_at = $4
     WHERE tenant = $1 AND mode = $2 AND endpoint_id = $3 AND status <> 'deleted' RETURNING endpoint_id`,
    [tenant, mode, endpointId, now],
  );
  await sql.query('DELETE FROM webhook_secrets WHERE tenant = $1 AND endpoint_id = $2', [
    tenant,
    endpointId,
  ]);
  return rows.length === 1;
}
