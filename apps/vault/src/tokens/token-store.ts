import type { TicketClaims } from '@hushfield/contract/boot';
import type { Row, Sql } from '../db/sql.ts';
import {
  type BackendRow,
  parseBackendRow,
  parseTokenRow,
  TOKEN_COLUMNS,
  type TokenRow,
} from './token-view.ts';
import { CODE_END } from '../codes/code-end.ts';
import * as z from 'zod';
import { CODE_KEY_THERE } from '../codes/code-key-store.ts';
import type { SealedCode } from '../codes/seal-code.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import type { DataClass } from './token-kind.ts';

export type AuditEntry = {
  readonly entryId: string;
  readonly at: Date;
  readonly actor: string;
  readonly origin: string;
  readonly requestId: string;
};

/** One use of a ticket: which bytes, and until when their answer must be remembered. */
export type Attempt = {
  readonly tenant: string;
  readonly nonce: string;
  readonly attempt: number;
  readonly digest: Uint8Array;
  readonly expiresAt: Date;
};

/** A token with what is sealed of it. */
export type NewRecord<R extends TokenRow = TokenRow> = {
  readonly token: R;
  readonly dataClass: DataClass;
  readonly envelope: Uint8Array;
  readonly dataKeyId: string;
  /** The number of the key that the fingerprint was made with; null where there is none. */
  readonly fingerprintKey: number | null;
  readonly schemaVersion: number;
  readonly code: SealedCode | undefined;
};

/** What an attempt was answered with before. */
export type Answered = {
  readonly digest: Uint8Array;
  readonly token: TokenRow | undefined;
  readonly error: { readonly code: string; readonly field: string | null } | undefined;
};

/** Begins every entry of a ticket's; its values are those of {@link auditValues}. */
export const INSERT_AUDIT =
  'INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)';

/*
 * One statement, so one round trip and one commit: token, envelope, security code, attempt and audit entry
 * are all there or none is. When the attempt has been used before, the data key or the fingerprint key has
 * been retired, or the code's key is gone, nothing is written at all.
 */
const INSERT_RECORD = `
WITH attempt AS (
  INSERT INTO attempts (tenant, ticket_nonce, attempt, digest, token_id, expires_at)
  SELECT $1, $2, $3::int, $4::bytea, $5, $6::timestamptz
  WHERE ${KEYS_IN_FORCE('$1', '$19', '$28')}
    AND ($30::text IS NULL OR ${CODE_KEY_THERE('$30')})
  ON CONFLICT DO NOTHING RETURNING tenant, token_id),
token AS (
  INSERT INTO tokens (tenant, token_id, mode, brand, networks, last4, bin, exp_month, exp_year,
    cvc_collected, fingerprint, created_at, expires_at, customer, metadata, fingerprint_key, type, about,
    network)
  SELECT tenant, token_id, $7, $8, $9::text[], $10, $11, $12::int, $13::int, $14::boolean, $15,
    $16::timestamptz, $17::timestamptz, $26, $27::jsonb, $28::int, $32, $33::jsonb, $35 FROM attempt),
card AS (
  INSERT INTO cards (tenant, token_id, envelope, data_key_id, schema_version, class)
  SELECT tenant, token_id, $18::bytea, $19, $20::int, $34 FROM attempt),
code AS (
  INSERT INTO security_codes (tenant, token_id, envelope, code_key_id, expires_at)
  SELECT tenant, token_id, $29::bytea, $30, $31::timestamptz FROM attempt WHERE $30 IS NOT NULL),
audit AS (
  ${INSERT_AUDIT}
  SELECT tenant, $21, $22::timestamptz, $23, 'token.create', token_id, 'ok', $24, $25 FROM attempt)
SELECT token_id FROM attempt`;

const INSERT_REFUSAL = `
WITH attempt AS (
  INSERT INTO attempts (tenant, ticket_nonce, attempt, digest, error_code, error_field, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING tenant, error_code),
audit AS (
  ${INSERT_AUDIT}
  SELECT tenant, $8, $9::timestamptz, $10, $13, '', error_code, $11, $12 FROM attempt)
SELECT error_code FROM attempt`;

/*
 * Every attempt a ticket has left counts as used for other bytes, so tokenizing needs no further
 * question to refuse it. What was answered stays answered. The second time writes nothing.
 */
const BURN = `
WITH burnt AS (
  INSERT INTO attempts (tenant, ticket_nonce, attempt, digest, error_code, expires_at)
  SELECT $1, $2, n, decode(repeat('00', 32), 'hex'), $3, $5::timestamptz
  FROM generate_series(1, $4::int) AS n ON CONFLICT DO NOTHING RETURNING attempt)
${INSERT_AUDIT}
SELECT $1, $6, $7::timestamptz, $8, 'ticket.burn', $2, $3, $9, $10 WHERE EXISTS (SELECT FROM burnt)`;

const FIND_ANSWER = `
SELECT a.digest, a.error_code, a.error_field, ${TOKEN_COLUMNS}
FROM attempts a LEFT JOIN tokens t ON t.tenant = a.tenant AND t.token_id = a.token_id
WHERE a.tenant = $1 AND a.ticket_nonce = $2 AND a.attempt = $3`;

/** Whether it was stored; not, when the attempt was answered before or a key is out of force. */
export async function insertRecord(
  sql: Sql,
  attempt: Attempt,
  { token, dataClass, envelope, dataKeyId, fingerprintKey, schemaVersion, code }: NewRecord,
  audit: AuditEntry,
): Promise<boolean> {
  const values = [
    ...[attempt.tenant, attempt.nonce, attempt.attempt, attempt.digest, token.token_id],
    ...[attempt.expiresAt, token.mode, ...cardColumns(token), token.fingerprint],
    ...[token.created_at, token.expires_at, envelope, dataKeyId, schemaVersion],
    ...auditValues(audit),
    ...[token.customer, JSON.stringify(token.metadata), fingerprintKey],
    ...[code?.envelope ?? null, code?.codeKeyId ?? null, code?.expiresAt ?? null],
    ...[token.type, token.about && JSON.stringify(token.about), dataClass],
    token.type === 'card' ? token.network : null,
  ];
  return (await sql.query(INSERT_RECORD, values, 'insert-record')).length === 1;
}

/** Empty of anything but a card. */
export function cardColumns(token: TokenRow): unknown[] {
  if (token.type !== 'card') return [null, null, null, null, null, null, false];
  const { brand, networks, last4, bin, exp_month, exp_year, cvc_collected } = token;
  return [brand, networks, last4, bin, exp_month, exp_year, cvc_collected];
}

/** The same for what breaks a rule: same bytes must get the same refusal. */
export async function insertRefusal(
  sql: Sql,
  attempt: Attempt,
  error: { readonly code: string; readonly field: string },
  audit: AuditEntry,
  action: 'token.create' | 'token.reveal' = 'token.create',
): Promise<boolean> {
  const values = [
    ...[attempt.tenant, attempt.nonce, attempt.attempt, attempt.digest, error.code, error.field],
    ...[attempt.expiresAt, ...auditValues(audit), action],
  ];
  return (await sql.query(INSERT_REFUSAL, values, 'insert-refusal')).length === 1;
}

/** Takes a ticket's remaining attempts away. */
export async function burnAttempts(
  sql: Sql,
  { tenant, nonce, attempts, exp }: TicketClaims,
  reason: string,
  audit: AuditEntry,
): Promise<void> {
  const until = new Date(exp * 1000);
  const values = [tenant, nonce, reason, attempts, until, ...auditValues(audit)];
  await sql.query(BURN, values, 'burn-attempts');
}

export function auditValues({ entryId, at, actor, origin, requestId }: AuditEntry): unknown[] {
  return [entryId, at, actor, origin, requestId];
}

const AnswerRow = z.object({
  digest: z.instanceof(Uint8Array),
  error_code: z.string().nullable(),
  error_field: z.string().nullable(),
  token_id: z.string().nullable(),
});

export async function findAnswer(sql: Sql, attempt: Attempt): Promise<Answered | undefined> {
  const key = [attempt.tenant, attempt.nonce, attempt.attempt];
  const [row] = await sql.query(FIND_ANSWER, key, 'find-answer');
  return row === undefined ? undefined : answered(row);
}

function answered(row: Row): Answered {
  const { digest, error_code, error_field, token_id } = AnswerRow.parse(row);
  return {
    digest,
    token: token_id === null ? undefined : parseTokenRow(row),
    error: error_code === null ? undefined : { code: error_code, field: error_field },
  };
}

/** A tenant's token that has not expired. There is no way to ask without naming the tenant. */
export async function findToken(
  sql: Sql,
  tenant: string,
  tokenId: string,
  now: Date,
): Promise<BackendRow | undefined> {
  const [row] = await sql.query(
    `SELECT ${TOKEN_COLUMNS}, ${CODE_END('$3')} FROM tokens t
     WHERE t.tenant = $1 AND t.token_id = $2 AND (t.expires_at IS NULL OR t.expires_at > $3)`,
    [tenant, tokenId, now],
    'find-token',
  );
  return row === undefined ? undefined : parseBackendRow(row);
}
