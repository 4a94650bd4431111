import * as z from 'zod';
import type { Database } from '../db/sql.ts';
import { newId } from '@hushfield/crypto/token-id';

const PORTION = 50;
/** Beyond the time in which whoever sent it may still say what came of it. */
const PATIENCE_MS = 60_000;

const Told = z.object({ n: z.coerce.number() });

/*
 * Intents without an outcome: the process that had them has died, or could not reach the database any more. Nobody
 * knows what came of them, and from here on that stands in the trail, once for each token. Codes that were for them
 * may have been used, and go.
 */
const REPORT = `
WITH due AS (
  SELECT tenant, forward_id, destination_id, tokens FROM forwards
  WHERE state = 'under_way' AND overdue_at <= $1 ORDER BY overdue_at LIMIT ${PORTION} FOR UPDATE SKIP LOCKED),
told AS (
  UPDATE forwards f SET state = 'unknown' FROM due
  WHERE f.tenant = due.tenant AND f.forward_id = due.forward_id
  RETURNING f.tenant, f.forward_id, due.destination_id, due.tokens),
codes AS (
  DELETE FROM security_codes USING told
  WHERE security_codes.tenant = told.tenant AND security_codes.held_by = told.forward_id),
entries AS (
  SELECT told.tenant, told.forward_id, resource, row_number() OVER () AS n
  FROM told, unnest(CASE WHEN told.tokens = '{}' THEN ARRAY[told.destination_id] ELSE told.tokens END) AS resource),
audit AS (
  INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome)
  SELECT tenant, ($2::text[])[n], $3, 'worker', 'forward.outcome', resource, forward_id || ' unknown overdue'
  FROM entries)
SELECT count(*) AS n FROM told`;

/** Reports requests whose outcome nobody has written down, a minute after their time. Says how many. */
export async function reportUnknown(sql: Database, now: Date): Promise<number> {
  let all = 0;
  for (let n = PORTION; n === PORTION; all += n) {
    const ids = Array.from({ length: PORTION * 20 }, () => newId('aud'));
    const values = [new Date(now.getTime() - PATIENCE_MS), ids, now];
    const [row] = await sql.as('worker').query(REPORT, values, 'report-unknown');
    ({ n } = Told.parse(row));
  }
  return all;
}
