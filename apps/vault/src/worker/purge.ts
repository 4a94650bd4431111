import { newId } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { purgeExpired } from '../db/purge-expired.ts';
import type { Sql } from '../db/sql.ts';

const BATCH = 500;
const Expired = z.object({ tenant: z.string(), token_id: z.string() });

/** Forgets the cards and tokens whose time is over, each with its audit entry; says how many. */
export async function purgeTokens(sql: Sql, now: Date): Promise<number> {
  const rows = await sql.query(
    `SELECT tenant, token_id FROM tokens WHERE expires_at <= $1
     ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    [now],
  );
  const expired = rows.map((row) => Expired.parse(row));
  if (expired.length === 0) return 0;
  await sql.query(
    `WITH cards_gone AS (
       DELETE FROM cards USING unnest($1::text[], $2::text[]) AS e (tenant, token_id)
       WHERE cards.tenant = e.tenant AND cards.token_id = e.token_id),
     gone AS (
       DELETE FROM tokens USING unnest($1::text[], $2::text[], $3::text[]) AS e (tenant, token_id, entry_id)
       WHERE tokens.tenant = e.tenant AND tokens.token_id = e.token_id
       RETURNING e.tenant, e.token_id, e.entry_id)
     INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome)
     SELECT tenant, entry_id, $4, 'worker', 'token.expire', token_id, 'ok' FROM gone`,
    [
      expired.map((token) => token.tenant),
      expired.map((token) => token.token_id),
      expired.map(() => newId('aud')),
      now,
    ],
  );
  return expired.length;
}

/** Forgets answers that nobody can ask for again: of tickets, and of named requests. */
export async function purgeAnswers(sql: Sql, now: Date): Promise<void> {
  await purgeExpired(sql, 'attempts', ['tenant', 'ticket_nonce', 'attempt'], now);
  await purgeExpired(sql, 'idempotent_answers', ['tenant', 'key_id', 'name'], now);
}
