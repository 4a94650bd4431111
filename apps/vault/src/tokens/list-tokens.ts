import type { Sql } from '../db/sql.ts';
import { CODE_END } from '../codes/code-end.ts';
import { type BackendRow, parseBackendRow, TOKEN_COLUMNS } from './token-view.ts';

/** Where a page of a list ends: the next one begins behind it. */
export type Position = { readonly createdAt: Date; readonly tokenId: string };

/** Whose tokens: one fingerprint's or one customer's. There is no list of them all. */
export type Listed = {
  readonly tenant: string;
  readonly mode: 'test' | 'live';
  readonly by: 'fingerprint' | 'customer';
  readonly value: string;
  readonly after: Position | undefined;
  readonly limit: number;
  readonly now: Date;
};

/** Two statements and not one with OR, so that each uses its own index. */
const LIST: Readonly<Record<Listed['by'], string>> = {
  fingerprint: listBy('fingerprint'),
  customer: listBy('customer'),
};

function listBy(column: Listed['by']): string {
  return `SELECT ${TOKEN_COLUMNS}, ${CODE_END('$4')} FROM tokens t
    WHERE t.tenant = $1 AND t.${column} = $2 AND t.mode = $3
      AND (t.expires_at IS NULL OR t.expires_at > $4) AND (t.created_at, t.token_id) < ($5, $6)
    ORDER BY t.created_at DESC, t.token_id DESC LIMIT $7`;
}

/** Before every position there is. */
const START: Position = { createdAt: new Date(Date.UTC(9999, 0)), tokenId: '' };

/** A page of tokens, newest first, and where it ends when there are more. */
export async function listTokens(
  sql: Sql,
  { tenant, mode, by, value, after = START, limit, now }: Listed,
): Promise<{ readonly rows: BackendRow[]; readonly end: Position | undefined }> {
  const values = [tenant, value, mode, now, after.createdAt, after.tokenId, limit + 1];
  const found = (await sql.query(LIST[by], values, `list-by-${by}`)).map(parseBackendRow);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, end: last && { createdAt: last.created_at, tokenId: last.token_id } };
}
