import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

const PAGE = 50_000;
// By portions, so that no statement takes long however large the trail is.
const UNPLACED = `
WITH page AS (
  SELECT tenant, entry_id FROM audit_entries WHERE (tenant, entry_id) > ($1, $2)
  ORDER BY tenant, entry_id LIMIT ${PAGE})
SELECT (SELECT count(*)::int FROM page) AS seen,
  (SELECT tenant FROM page ORDER BY tenant DESC, entry_id DESC LIMIT 1) AS tenant,
  (SELECT entry_id FROM page ORDER BY tenant DESC, entry_id DESC LIMIT 1) AS last,
  count(*)::int AS count, min(e.entry_id) AS first
FROM page e
WHERE NOT EXISTS (SELECT FROM audit_leaves l WHERE l.tenant = e.tenant AND l.entry_id = e.entry_id
    AND l.leaf_index >= 0 AND l.leaf_index < (SELECT size FROM audit_head))
  AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.tenant = e.tenant AND p.entry_id = e.entry_id)`;
const Portion = z.object({
  seen: z.number(),
  tenant: z.string().nullable(),
  last: z.string().nullable(),
  count: z.number(),
  first: z.string().nullable(),
});

/**
 * Entries without a place that nobody is going to give one: somebody has taken the note of them away, or
 * has put them there past the note.
 */
export async function unplacedEntries(
  sql: Sql,
): Promise<{ readonly count: number; readonly first: string | null }> {
  let [tenant, last, count]: [string, string, number] = ['', '', 0];
  let first: string | null = null;
  for (;;) {
    const [row] = await sql.query(UNPLACED, [tenant, last]);
    const portion = Portion.parse(row);
    count += portion.count;
    first ??= portion.first;
    if (portion.seen < PAGE || portion.tenant === null || portion.last === null)
      return { count, first };
    [tenant, last] = [portion.tenant, portion.last];
  }
}
