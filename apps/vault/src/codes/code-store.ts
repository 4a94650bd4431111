import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { auditValues, INSERT_AUDIT, type Attempt, type AuditEntry } from '../tokens/token-store.ts';
import { CODE_KEY_THERE } from './code-key-store.ts';
import type { SealedCode } from './seal-code.ts';

/** A security code on its way to a token that there may be. */
export type NewCode = SealedCode & {
  readonly tokenId: string;
  readonly mode: 'test' | 'live';
  /** The brands whose codes are as long as this one. */
  readonly brands: readonly string[];
  /** Whose token it must be, where the merchant's backend has said whose page it is. */
  readonly customer: string | undefined;
};

/*
 * One statement, as for a card. It is the same for a token that is missing, another tenant's or over: the
 * attempt is used and noted, and the page is told of none of them. What stands in the trail is the id of a
 * token, never what a page has called one.
 *
 * The token's row is locked first: one that is being deleted is waited for, and is then not there. What is
 * written over is named by its values again: EXCLUDED would be a reading of columns that nobody may read.
 */
const INSERT_CODE = `
WITH token AS (
  SELECT token_id, brand FROM tokens
  WHERE tenant = $1 AND token_id = $2 AND mode = $3 AND type = 'card'
    AND (expires_at IS NULL OR expires_at > $12::timestamptz)
    AND ($17::text IS NULL OR customer = $17) FOR NO KEY UPDATE),
verdict AS (
  SELECT token_id, CASE WHEN token_id IS NULL THEN 'not_found'
    WHEN brand <> ALL ($4::text[]) THEN 'invalid_cvc' END AS error_code
  FROM (SELECT) AS always LEFT JOIN token ON true WHERE ${CODE_KEY_THERE('$6')}),
attempt AS (
  INSERT INTO attempts (tenant, ticket_nonce, attempt, digest, token_id, error_code, error_field, expires_at)
  SELECT $1, $8, $9::int, $10::bytea, CASE WHEN error_code IS NULL THEN token_id END, error_code,
    CASE error_code WHEN 'invalid_cvc' THEN 'cvc' END, $7::timestamptz FROM verdict
  ON CONFLICT DO NOTHING RETURNING tenant, token_id, error_code, error_field),
code AS (
  INSERT INTO security_codes (tenant, token_id, envelope, code_key_id, expires_at)
  SELECT tenant, token_id, $5::bytea, $6, $16::timestamptz FROM attempt WHERE error_code IS NULL
  ON CONFLICT (tenant, token_id) DO UPDATE SET envelope = $5::bytea, code_key_id = $6,
    expires_at = $16::timestamptz, held_by = NULL),
marked AS (
  UPDATE tokens SET cvc_collected = true FROM attempt
  WHERE tokens.tenant = attempt.tenant AND tokens.token_id = attempt.token_id AND NOT cvc_collected),
audit AS (
  ${INSERT_AUDIT}
  SELECT attempt.tenant, $11, $12::timestamptz, $13, 'token.code_collect', coalesce(verdict.token_id, ''),
    coalesce(attempt.error_code, 'ok'), $14, $15 FROM attempt, verdict)
SELECT error_code, error_field FROM attempt`;

const Outcome = z.object({
  error_code: z.enum(['not_found', 'invalid_cvc']).nullable(),
  error_field: z.string().nullable(),
});
export type Outcome = z.infer<typeof Outcome>;

/** What became of it; nothing when the attempt was answered before, or the code's key is gone. */
export async function insertCode(
  sql: Sql,
  attempt: Attempt,
  { tokenId, mode, brands, customer, envelope, codeKeyId, expiresAt }: NewCode,
  audit: AuditEntry,
): Promise<Outcome | undefined> {
  const values = [
    ...[attempt.tenant, tokenId, mode, brands, envelope, codeKeyId, attempt.expiresAt],
    ...[attempt.nonce, attempt.attempt, attempt.digest, ...auditValues(audit), expiresAt],
    customer ?? null,
  ];
  const [row] = await sql.query(INSERT_CODE, values, 'insert-code');
  return row && Outcome.parse(row);
}
