import { newId } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { CODE_END } from '../codes/code-end.ts';
import { type BackendRow, parseBackendRow, TOKEN_COLUMNS } from './token-view.ts';

/** Who asks, and in what request. */
export type By = {
  readonly tenant: string;
  readonly mode: 'test' | 'live';
  readonly actor: string;
  readonly requestId: string;
  /** Where the request came from; nothing for a command. */
  readonly address: string | null;
  readonly now: Date;
};

/** What a backend may change of a token; what is left out stays. */
export type TokenChange = {
  readonly expiresAt?: Date | null | undefined;
  readonly customer?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
};

const IN_FORCE = 'mode = $2 AND (expires_at IS NULL OR expires_at > $3)';
const AUDIT =
  'INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)';

const UPDATE = `
WITH changed AS (
  UPDATE tokens t SET
    expires_at = CASE WHEN $5 THEN $6::timestamptz ELSE expires_at END,
    customer = CASE WHEN $7 THEN $8 ELSE customer END,
    metadata = coalesce($9::jsonb, metadata)
  WHERE tenant = $1 AND token_id = $4 AND ${IN_FORCE} RETURNING ${TOKEN_COLUMNS}),
audit AS (
  ${AUDIT} SELECT tenant, $10, $3, $11, 'token.update', token_id, 'ok', $13, $12 FROM changed)
SELECT ${TOKEN_COLUMNS}, ${CODE_END('$3')} FROM changed t`;

/** Changes a token that is in force; nothing when there is none. */
export async function updateToken(
  sql: Sql,
  { tenant, mode, actor, requestId, address, now }: By,
  tokenId: string,
  { expiresAt, customer, metadata }: TokenChange,
): Promise<BackendRow | undefined> {
  const values = [
    ...[tenant, mode, now, tokenId, expiresAt !== undefined, expiresAt ?? null],
    ...[customer !== undefined, customer ?? null],
    ...[metadata === undefined ? null : JSON.stringify(metadata), newId('aud'), actor, requestId],
    address,
  ];
  const [row] = await sql.query(UPDATE, values, 'update-token');
  return row === undefined ? undefined : parseBackendRow(row);
}

/*
 * Token and card go together, whatever part of them is still there, and a security code with its token. Attempts that were answered with
 * the token stay, and then answer with nothing: the same bytes make no second token.
 */
const DELETE = (which: string, picked = 'SELECT $3::text AS token_id') => `
WITH picked AS (${picked}),
gone AS (
  DELETE FROM tokens WHERE tenant = $1 AND mode = $2 AND ${which} RETURNING tenant, token_id),
shredded AS (
  DELETE FROM cards USING gone WHERE cards.tenant = gone.tenant AND cards.token_id = gone.token_id),
audit AS (
  ${AUDIT}
  SELECT tenant, ($4::text[])[row_number() OVER ()], $5::timestamptz, $6, 'token.delete', token_id, 'ok', $8, $7
  FROM gone)
SELECT (SELECT count(*)::int FROM gone) AS gone, (SELECT count(*)::int FROM picked) AS picked`;

const DELETE_ONE = DELETE('token_id IN (SELECT token_id FROM picked)');
/** Tokens in a statement: none holds a lock on a hundred thousand rows. */
const PORTION = 500;
// The customer outside too: of a row that somebody is changing only this is asked again once they have committed,
// and a card that was given to another customer meanwhile would go with the first one's.
const DELETE_CUSTOMER = DELETE(
  'customer = $3 AND token_id IN (SELECT token_id FROM picked)',
  `SELECT token_id FROM tokens WHERE tenant = $1 AND customer = $3 AND mode = $2 LIMIT ${PORTION}`,
);

const Removed = z.object({ gone: z.int(), picked: z.int() });

/** Removes a token, also one whose time is over, with its card. Says whether there was one. */
export async function deleteToken(sql: Sql, by: By, tokenId: string): Promise<boolean> {
  return (await remove(sql, by, DELETE_ONE, [tokenId, 1])).gone === 1;
}

/**
 * Removes a portion of a customer's tokens; says how many, and whether there were no more. By how many were found, and
 * not by how many went: others may have taken some of them meanwhile.
 */
export async function deletePortion(sql: Sql, by: By, customer: string) {
  const { gone, picked } = await remove(sql, by, DELETE_CUSTOMER, [customer, PORTION]);
  return { tokens: gone, isLast: picked < PORTION };
}

async function remove(
  sql: Sql,
  by: By,
  text: string,
  [value, most]: readonly [value: string, most: number],
): Promise<z.infer<typeof Removed>> {
  const { tenant, mode, now, actor, requestId, address } = by;
  const ids = Array.from({ length: most }, () => newId('aud'));
  const values = [tenant, mode, value, ids, now, actor, requestId, address];
  const [row] = await sql.query(text, values);
  return Removed.parse(row);
}
