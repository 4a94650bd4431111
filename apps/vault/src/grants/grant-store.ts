import { ForwardGrant, Grant } from '@hushfield/contract/api';
import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import { purgeExpired } from '../db/purge-expired.ts';
import type { Sql } from '../db/sql.ts';
import { type Attempt, type AuditEntry, auditValues, INSERT_AUDIT } from '../tokens/token-store.ts';
import { TokenType } from '../tokens/token-kind.ts';

const GrantRow = z.object({
  grant_id: z.string(),
  purpose: z.literal('reveal'),
  secret_hash: z.instanceof(Uint8Array),
  mode: z.enum(['test', 'live']),
  token_id: z.string(),
  redaction: Grant.shape.redaction,
  fields: Grant.shape.fields,
  origins: z.array(z.string()),
  shown_for: z.int(),
  created_at: z.date(),
  expires_at: z.date(),
});
/** A grant to show something, as stored. */
export type GrantRow = z.infer<typeof GrantRow>;
/** The same of one to send something on. */
export type ForwardGrantRow = Pick<
  GrantRow,
  'grant_id' | 'secret_hash' | 'mode' | 'token_id' | 'created_at' | 'expires_at'
> & {
  readonly purpose: 'forward';
  readonly fields: ForwardGrant['fields'];
  readonly destination_id: string;
  readonly most_amount: number | null;
  readonly currency: string | null;
};
export type NewGrantRow = GrantRow | ForwardGrantRow;

/** Which grant a page has brought, and from where. */
export type Brought = {
  readonly id: string;
  readonly secretHash: Uint8Array;
  readonly mode: 'test' | 'live';
  readonly origin: string;
  /** Of the request, so that the same bytes may come again. */
  readonly digest: Uint8Array;
  readonly now: Date;
};

export async function insertGrant(sql: Sql, tenant: string, row: NewGrantRow): Promise<void> {
  const shows = row.purpose === 'reveal' ? row : undefined;
  const sends = row.purpose === 'forward' ? row : undefined;
  await sql.query(
    `INSERT INTO grants (tenant, grant_id, purpose, secret_hash, mode, token_id, redaction, fields,
       origins, shown_for, created_at, expires_at, destination_id, most_amount, currency)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      ...[tenant, row.grant_id, row.purpose, row.secret_hash, row.mode, row.token_id],
      ...[shows?.redaction ?? null, row.fields, shows?.origins ?? null, shows?.shown_for ?? null],
      ...[row.created_at, row.expires_at, sends?.destination_id ?? null],
      ...[sends?.most_amount ?? null, sends?.currency ?? null],
    ],
    'insert-grant',
  );
}

/** For how long the same bytes are answered once more: as long as a frame sends them again. */
const AGAIN = "interval '1 minute'";

/* A grant that may be used now, by this request, of a token that is there. */
const GOOD = `
FROM grants g
  JOIN tokens t ON t.tenant = g.tenant AND t.token_id = g.token_id AND t.mode = g.mode
  JOIN cards c ON c.tenant = t.tenant AND c.token_id = t.token_id
WHERE g.tenant = $1 AND g.grant_id = $2 AND g.secret_hash = $3::bytea AND g.mode = $4 AND $5 = ANY (g.origins)
  AND g.purpose = 'reveal'
  AND g.expires_at > $7::timestamptz AND (t.expires_at IS NULL OR t.expires_at > $7::timestamptz)
  AND (g.used_by IS NULL OR (g.used_by = $6::bytea AND g.used_at > $7::timestamptz - ${AGAIN}))`;

const FIND = `SELECT ${columnsOf(GrantRow, 'g.')}, t.type, c.envelope ${GOOD}`;

/*
 * The grant is used, the ticket's attempt with it, and the entry is there: all of it or none. Grant and token are
 * locked and looked at again, so that of two who bring one grant at once, one is shown something, and nothing of
 * a token that is being deleted.
 */
const USE = `
WITH good AS (SELECT g.tenant, g.grant_id, t.token_id ${GOOD} FOR UPDATE OF g FOR KEY SHARE OF t),
attempt AS (
  INSERT INTO attempts (tenant, ticket_nonce, attempt, digest, token_id, expires_at)
  SELECT tenant, $8, $9::int, $6::bytea, token_id, $10::timestamptz FROM good
  ON CONFLICT DO NOTHING RETURNING tenant),
own AS (
  SELECT tenant FROM attempt UNION ALL
  SELECT tenant FROM attempts
  WHERE tenant = $1 AND ticket_nonce = $8 AND attempt = $9::int AND digest = $6::bytea),
used AS (
  UPDATE grants g SET used_at = coalesce(g.used_at, $7::timestamptz), used_by = $6::bytea FROM good, own
  WHERE g.tenant = good.tenant AND g.grant_id = good.grant_id RETURNING g.token_id),
audit AS (
  ${INSERT_AUDIT}
  SELECT $1, $11, $12::timestamptz, $13, 'token.reveal', token_id, $16, $14, $15 FROM used)
SELECT token_id FROM used`;

const Found = z.object({ type: TokenType, envelope: z.instanceof(Uint8Array) });
export type FoundGrant = { readonly grant: GrantRow } & z.infer<typeof Found>;

/** The grant that a page has brought, with what it is for; nothing where it is not good. */
export async function findGrant(
  sql: Sql,
  tenant: string,
  brought: Brought,
): Promise<FoundGrant | undefined> {
  const [row] = await sql.query(FIND, whose(tenant, brought), 'find-grant');
  return row && { grant: GrantRow.parse(row), ...Found.parse(row) };
}

/** Uses it up; false when it was used meanwhile, or the attempt was. */
export async function useGrant(
  sql: Sql,
  brought: Brought,
  attempt: Attempt,
  audit: AuditEntry,
  outcome: string,
): Promise<boolean> {
  const values = [
    ...whose(attempt.tenant, brought),
    ...[attempt.nonce, attempt.attempt, attempt.expiresAt, ...auditValues(audit), outcome],
  ];
  return (await sql.query(USE, values, 'use-grant')).length === 1;
}

function whose(tenant: string, { id, secretHash, mode, origin, digest, now }: Brought) {
  return [tenant, id, secretHash, mode, origin, digest, now];
}

const KEPT_MS = 24 * 60 * 60 * 1000;

/** Forgets grants a day after they have run out. */
export async function purgeGrants(sql: Sql, now: Date): Promise<void> {
  await purgeExpired(sql, 'grants', ['tenant', 'grant_id'], new Date(now.getTime() - KEPT_MS));
}

/** Without the text that lets a page use it. */
export function grantOf(row: GrantRow): Grant {
  return Grant.parse({
    id: row.grant_id,
    object: 'grant',
    purpose: row.purpose,
    mode: row.mode,
    token: row.token_id,
    redaction: row.redaction,
    fields: row.fields,
    origins: row.origins,
    shownFor: row.shown_for,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  });
}

/** The same of one to send something on. */
export function forwardGrantOf(row: ForwardGrantRow): ForwardGrant {
  const { most_amount: most, currency } = row;
  return ForwardGrant.parse({
    id: row.grant_id,
    object: 'grant',
    purpose: row.purpose,
    mode: row.mode,
    token: row.token_id,
    destination: row.destination_id,
    fields: row.fields,
    amount: most === null ? null : { most, currency },
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  });
}
