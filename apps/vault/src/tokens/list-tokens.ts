import type { Sql } from '../db/sql.ts';
import { parseTokenRow, type TokenRow } from './token-view.ts';

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
  return `SELECT * FROM tokens
    WHERE tenant = $1 AND ${column} = $2 AND mode = $3 AND (expires_at IS NULL OR expires_at > $4)
      AND (created_at, token_id) < ($5, $6)
    ORDER BY created_at DESC, token_id DESC LIMIT $7`;
}

/** Before every position there is. */
const START: Position = { createdAt: new Date(Date.UTC(9999, 0)), tokenId: '' };

/** A page of tokens, newest first, and where it ends when there are more. */
export async function listTokens(
  sql: Sql,
  { tenant, mode, by, value, after = START, limit, now }: Listed,
): Promise<{ readonly rows: TokenRow[]; readonly end: Position | undefined }> {
  const values = [tenant, value, mode, now, after.createdAt, after.tokenId, limit + 1];
  const found = (await sql.query(LIST[by], values, `list-by-${by}`)).map(parseTokenRow);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, end: last && { createdAt: last.created_at, tokenId: last.token_id } };
}
