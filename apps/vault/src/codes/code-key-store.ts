import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Row, Sql } from '../db/sql.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';

/** A key for security codes as it is stored. */
export type CodeKeyRow = { readonly hour: Date; readonly id: string; readonly wrapped: Uint8Array };

const Stored = z.object({
  hour: z.date(),
  code_key_id: z.string(),
  wrapped: z.instanceof(Uint8Array),
});
const SELECT = `SELECT ${columnsOf(Stored)} FROM code_keys`;

/**
 * A condition for every statement that stores a security code: the row of its key is there. A crash of the
 * database empties both tables while nodes still hold the key in memory; a code under it could be opened by
 * nobody else, and would outlive its key.
 *
 * @param codeKey - a placeholder such as `$1`.
 */
export const CODE_KEY_THERE = (codeKey: `$${number}`) =>
  `EXISTS (SELECT FROM code_keys WHERE code_keys.code_key_id = ${codeKey})`;

/** The key of an hour, if it was made already. */
export async function findCodeKey(sql: Sql, hour: Date): Promise<CodeKeyRow | undefined> {
  const [row] = await sql.query(`${SELECT} WHERE hour = $1`, [hour], 'find-code-key');
  return row && parseCodeKey(row);
}

/** Keeps a new key, unless another node was first; gives the one that all use. */
export async function insertCodeKey(
  sql: Sql,
  { hour, id, wrapped }: CodeKeyRow,
): Promise<CodeKeyRow> {
  await sql.query(
    'INSERT INTO code_keys (hour, code_key_id, wrapped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [hour, id, wrapped],
  );
  const kept = await findCodeKey(sql, hour);
  if (kept === undefined) throw new KeysUnavailable('the key for security codes is gone');
  return kept;
}

/** All that there are. */
export async function listCodeKeys(sql: Sql): Promise<CodeKeyRow[]> {
  return (await sql.query(SELECT)).map(parseCodeKey);
}

/** Puts the same key in, wrapped anew; nothing when it was destroyed meanwhile. */
export async function replaceWrapped(sql: Sql, id: string, wrapped: Uint8Array): Promise<void> {
  await sql.query('UPDATE code_keys SET wrapped = $2 WHERE code_key_id = $1', [id, wrapped]);
}

function parseCodeKey(row: Row): CodeKeyRow {
  const { hour, code_key_id: id, wrapped } = Stored.parse(row);
  return { hour, id, wrapped };
}
