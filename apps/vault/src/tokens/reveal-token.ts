import type { AnswerOf, API, Redaction } from '@hushfield/contract/api';
import { newId } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import * as z from 'zod';
import type { By } from './change-tokens.ts';
import { openKept } from './open-kept.ts';
import { redact } from './redact.ts';
import { type Kept, TokenType } from './token-kind.ts';

export type Revealed = AnswerOf<typeof API.revealToken>;

const Stored = z.object({ type: TokenType, envelope: z.instanceof(Uint8Array) });

const THERE = `
FROM tokens t JOIN cards c ON c.tenant = t.tenant AND c.token_id = t.token_id
WHERE t.tenant = $1 AND t.token_id = $2 AND t.mode = $3
  AND (t.expires_at IS NULL OR t.expires_at > $4)`;

const FIND = `SELECT t.type, c.envelope ${THERE}`;

const NOTE = `
WITH there AS (SELECT t.tenant, t.token_id ${THERE}),
audit AS (
  INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
  SELECT tenant, $5, $4, $6, 'token.reveal', token_id, $7, $9, $8 FROM there)
SELECT token_id FROM there`;

/**
 * Opens what a token stands for, for a backend. It waits for the KEK between two statements, and holds no connection
 * meanwhile. The second one makes sure that it is still there, and commits the audit entry before the
 * answer leaves: no entry, no answer.
 *
 * @throws VaultError `not_found`; `service_unavailable` for an envelope that does not open where it
 * lies, which somebody has moved, changed, or whose data key is destroyed: the log says so.
 */
export async function revealToken(
  vault: Vault,
  by: By,
  sql: Sql,
  tokenId: string,
  redaction: Redaction,
): Promise<Revealed> {
  const kept = await readKept(vault, by, sql, tokenId);
  const place = [by.tenant, tokenId, by.mode, by.now];
  const values = [...place, newId('aud'), by.actor, redaction, by.requestId, by.address];
  const [noted] = await sql.query(NOTE, values, 'note-reveal');
  if (noted === undefined) throw VaultError.because('not_found', 'record_missing');
  return { id: tokenId, redaction, ...redact(kept, redaction) };
}

async function readKept(vault: Vault, by: By, sql: Sql, tokenId: string): Promise<Kept> {
  const { tenant, mode, now } = by;
  const [row] = await sql.query(FIND, [tenant, tokenId, mode, now], 'read-kept');
  if (row === undefined) throw VaultError.because('not_found', 'record_missing');
  const { type, envelope } = Stored.parse(row);
  return openKept(vault, { tenant, tokenId, type }, envelope, by.requestId);
}
