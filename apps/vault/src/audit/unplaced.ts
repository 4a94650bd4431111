import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

const UNPLACED = `
SELECT count(*)::int AS count, min(e.entry_id) AS first FROM audit_entries e
WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.tenant = e.tenant AND l.entry_id = e.entry_id)
  AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.tenant = e.tenant AND p.entry_id = e.entry_id)`;
const Unplaced = z.object({ count: z.number(), first: z.string().nullable() });

/**
 * Entries without a place that nobody is going to give one: somebody has taken the note of them away, or
 * has put them there past the note.
 */
export async function unplacedEntries(sql: Sql): Promise<{ count: number; first: string | null }> {
  const [row] = await sql.query(UNPLACED);
  return Unplaced.parse(row);
}
