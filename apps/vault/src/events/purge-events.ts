import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

const DAY_MS = 86_400_000;
/** Events are told of, listed and replayed for so long; with them go their deliveries and tries. */
export const EVENTS_KEPT_MS = 30 * DAY_MS;
const PORTION = 1_000;
const Gone = z.object({ n: z.int() });

/* By tenant, so that the one index by time will do, which every act pays for. */
const PURGE = `
WITH due AS (
  SELECT tenant, event_id FROM events WHERE tenant = $1 AND at < $2 ORDER BY at LIMIT ${PORTION}),
gone AS (
  DELETE FROM events AS old USING due WHERE old.tenant = due.tenant AND old.event_id = due.event_id)
SELECT count(*)::int AS n FROM due`;
/** The next tenant that has any, by one look into the index. */
const NEXT = 'SELECT tenant FROM events WHERE tenant > $1 ORDER BY tenant LIMIT 1';

/** Forgets events past their time, and secrets and endpoints that nothing is sent by any more. */
export async function purgeEvents(sql: Sql, now: Date): Promise<void> {
  const before = new Date(now.getTime() - EVENTS_KEPT_MS);
  for (let tenant = await next(sql, ''); tenant !== undefined; tenant = await next(sql, tenant))
    await forgetEvents(sql, tenant, before);
  await sql.query('DELETE FROM webhook_secrets WHERE expires_at <= $1', [now]);
  await sql.query("DELETE FROM webhook_endpoints WHERE status = 'deleted' AND changed_at < $1", [
    before,
  ]);
}

/** Forgets a tenant's events of before a time, in portions of a statement each. */
export async function forgetEvents(sql: Sql, tenant: string, before: Date): Promise<void> {
  for (let n = PORTION; n === PORTION; )
    ({ n } = Gone.parse((await sql.query(PURGE, [tenant, before], 'purge-events'))[0]));
}

async function next(sql: Sql, after: string): Promise<string | undefined> {
  const [row] = await sql.query(NEXT, [after], 'next-tenant-of-events');
  return row === undefined ? undefined : z.string().parse(row.tenant);
}
