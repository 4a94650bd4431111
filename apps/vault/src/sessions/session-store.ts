import { BinDigits } from '@hushfield/contract/boot';
import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import { purgeExpired } from '../db/purge-expired.ts';
import type { Sql } from '../db/sql.ts';

const SessionRow = z.object({
  session_id: z.string(),
  mode: z.enum(['test', 'live']),
  origins: z.array(z.string()),
  brands: z.array(z.string()).nullable(),
  fields: z.array(z.string()),
  bin_digits: z.nullable(BinDigits),
  attempts: z.int(),
  customer: z.string().nullable(),
  created_at: z.date(),
  expires_at: z.date(),
});
/** A session as stored: its conditions, and not the text that lets a page use it. */
export type SessionRow = z.infer<typeof SessionRow>;

export async function insertSession(sql: Sql, tenant: string, row: SessionRow): Promise<void> {
  await sql.query(
    `INSERT INTO sessions (tenant, session_id, mode, origins, brands, fields, bin_digits, attempts,
       customer, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[tenant, row.session_id, row.mode, row.origins, row.brands, row.fields, row.bin_digits],
      ...[row.attempts, row.customer, row.created_at, row.expires_at],
    ],
    'insert-session',
  );
}

export async function findSession(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<SessionRow | undefined> {
  const [row] = await sql.query(
    `SELECT ${columnsOf(SessionRow)} FROM sessions WHERE tenant = $1 AND session_id = $2`,
    [tenant, id],
    'find-session',
  );
  return row === undefined ? undefined : SessionRow.parse(row);
}

const OriginRow = z.object({ origin: z.string() });

/**
 * Every origin that frames of a tenant may stand in: those of its publishable keys in force that count,
 * by the one function that knows which do.
 */
export async function framedOrigins(
  sql: Sql,
  { tenant, mode }: { readonly tenant: string; readonly mode: string },
  now: Date,
): Promise<ReadonlySet<string>> {
  const rows = await sql.query(
    `SELECT DISTINCT unnest(found.origins) AS origin
     FROM api_keys k CROSS JOIN LATERAL find_api_key(k.key_id) AS found
     WHERE k.tenant = $1 AND k.mode = $2 AND k.kind = 'pk' AND k.revoked_at IS NULL
       AND (k.expires_at IS NULL OR k.expires_at > $3)`,
    [tenant, mode, now],
    'framed-origins',
  );
  return new Set(rows.map((row) => OriginRow.parse(row).origin));
}

/** Takes a customer's name out of every session; the text that a page still holds goes on naming them. */
export async function forgetCustomer(
  sql: Sql,
  { tenant, mode }: { readonly tenant: string; readonly mode: string },
  customer: string,
): Promise<void> {
  await sql.query(
    'UPDATE sessions SET customer = NULL WHERE tenant = $1 AND mode = $2 AND customer = $3',
    [tenant, mode, customer],
  );
}

const KEPT_MS = 24 * 60 * 60 * 1000;

/** Forgets sessions a day after they have run out. */
export async function purgeSessions(sql: Sql, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  await purgeExpired(sql, 'sessions', ['tenant', 'session_id'], before);
}
