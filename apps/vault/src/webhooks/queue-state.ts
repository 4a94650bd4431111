import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import type { Metrics } from '../operate/metrics.ts';

/** Beyond it nobody needs the number, and counting would cost more than it tells. */
const MOST = 100_000;

/* What is due and has not been taken, of endpoints that are enabled: what waits for its next try is no backlog. */
const LOOK = `
SELECT count(*)::int AS due, min(due_at) AS oldest FROM (
  SELECT w.due_at FROM webhook_deliveries w
  JOIN webhook_endpoints e ON e.tenant = w.tenant AND e.endpoint_id = w.endpoint_id
  WHERE w.state = 'pending' AND w.due_at <= $1 AND e.status = 'enabled' LIMIT ${MOST}) AS waiting`;
const COUNT_DISABLED = `
SELECT count(*)::int AS disabled FROM webhook_endpoints
WHERE status = 'disabled' AND disabled_reason IN ('failing', 'gone')`;

const State = z.object({ due: z.int(), oldest: z.date().nullable() });
const Disabled = z.object({ disabled: z.int() });

/** Looks how long the queue is, for the metrics. */
export async function tellQueue(sql: Sql, now: Date, metrics: Metrics['webhooks']): Promise<void> {
  const [row] = await sql.query(LOOK, [now], 'look-deliveries');
  const { due, oldest } = State.parse(row);
  metrics.due.set({}, due);
  metrics.oldest.set(
    {},
    oldest === null ? 0 : Math.max(0, now.getTime() - oldest.getTime()) / 1000,
  );
  const [other] = await sql.query(COUNT_DISABLED);
  metrics.disabled.set({}, Disabled.parse(other).disabled);
}
