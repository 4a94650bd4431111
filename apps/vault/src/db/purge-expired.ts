import * as z from 'zod';
import type { Sql } from './sql.ts';

const PORTION = 1_000;
const Gone = z.object({ n: z.int() });

/**
 * Removes the rows of a table whose time is over, in portions of a statement each: after a stop of days,
 * one statement would run into its timeout at every round, and nothing would ever be removed.
 *
 * @param key - the columns of its primary key.
 * @param only - of those, which, as SQL of ours.
 */
export async function purgeExpired(
  sql: Sql,
  table: string,
  key: readonly string[],
  now: Date,
  only = 'true',
): Promise<void> {
  const same = key.map((column) => `old.${column} = due.${column}`).join(' AND ');
  const text = `
WITH due AS (SELECT ${key.join(', ')} FROM ${table} WHERE expires_at <= $1 AND ${only} LIMIT ${PORTION}),
gone AS (DELETE FROM ${table} AS old USING due WHERE ${same})
SELECT count(*)::int AS n FROM due`;
  for (let n = PORTION; n === PORTION; ) {
    const [row] = await sql.query(text, [now]);
    ({ n } = Gone.parse(row));
  }
}
