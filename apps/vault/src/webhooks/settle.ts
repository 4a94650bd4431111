import { newId } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { sqlClass } from '../db/outage.ts';
import type { Row, Sql } from '../db/sql.ts';
import type { Claimed } from './claim-deliveries.ts';
import type { Outcome } from './judge-answer.ts';
import { nextTry, PAUSE_FROM, pausedUntil } from './schedule.ts';

/*
 * One statement: the try is in the log, the delivery is done or due again, and the endpoint stands better or worse for
 * it. A lease that somebody else has taken over, or a replay has ended, leaves the delivery alone.
 */
const SETTLE = `
WITH own AS (
  UPDATE webhook_deliveries SET state = $5, due_at = coalesce($6::timestamptz, due_at), lease = NULL,
    done_at = CASE WHEN $5 = 'pending' THEN NULL ELSE $7::timestamptz END
  WHERE tenant = $1 AND event_id = $2 AND endpoint_id = $3 AND lease = $4 AND state = 'pending'),
noted AS (
  INSERT INTO webhook_attempts (tenant, event_id, endpoint_id, attempt_id, at, status, duration_ms, reason)
  SELECT $1, $2, $3, $8, $9::timestamptz, $10::int, $11::int, $12
  WHERE EXISTS (SELECT FROM webhook_deliveries
    WHERE tenant = $1 AND event_id = $2 AND endpoint_id = $3))`;
const ARRIVED = `${SETTLE}
UPDATE webhook_endpoints SET failing_since = NULL, failures = 0, paused_until = NULL
WHERE tenant = $1 AND endpoint_id = $3 AND failures > 0 RETURNING failures, failing_since`;
const NOT_ARRIVED = `${SETTLE}
UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, $7::timestamptz)
WHERE tenant = $1 AND endpoint_id = $3 AND status = 'enabled' RETURNING failures, failing_since`;
const PAUSE = `
UPDATE webhook_endpoints SET paused_until = $3
WHERE tenant = $1 AND endpoint_id = $2 AND failures >= ${PAUSE_FROM}`;
const MOVED = 'SELECT FROM webhook_endpoints WHERE tenant = $1 AND endpoint_id = $2 AND url <> $3';
const RELEASE = `
UPDATE webhook_deliveries SET due_at = $5, lease = NULL, tries = tries - 1
WHERE tenant = $1 AND event_id = $2 AND endpoint_id = $3 AND lease = $4 AND state = 'pending'`;

const Standing = z.object({ failures: z.int(), failing_since: z.date().nullable() });
export type Standing = z.infer<typeof Standing>;

/** A try that has ended. */
export type Tried = {
  readonly outcome: Outcome;
  readonly startedAt: Date;
  readonly durationMs: number;
};

/** Writes down what came of a try; says how an endpoint stands that it has not arrived at. */
export async function settle(
  sql: Sql,
  claimed: Claimed,
  { outcome, startedAt, durationMs }: Tried,
  now: number,
): Promise<Standing | undefined> {
  const { reason, status, wish } = outcome;
  const arrived = reason === 'delivered';
  if (reason === 'gone' && (await hasMoved(sql, claimed))) {
    await release(sql, claimed, new Date(now));
    return undefined;
  }
  const isOver = arrived || reason === 'gone';
  const again = isOver ? undefined : nextTry(claimed.tries, now, wish);
  const state = arrived ? 'delivered' : again === undefined ? 'failed' : 'pending';
  const { tenant, event_id, endpoint_id, lease } = claimed;
  const write = (shown: number | null) =>
    sql.query(
      arrived ? ARRIVED : NOT_ARRIVED,
      [
        ...[tenant, event_id, endpoint_id, lease, state, again ?? null, new Date(now)],
        ...[newId('wha'), startedAt, shown, Math.max(0, Math.round(durationMs)), reason],
      ],
      arrived ? 'settle-arrived' : 'settle-not-arrived',
    );
  const [row] = await orWithout(status, write);
  if (arrived || row === undefined) return undefined;
  const standing = Standing.parse(row);
  const until = pausedUntil(standing.failures, now);
  if (until !== undefined) await sql.query(PAUSE, [tenant, endpoint_id, until], 'pause-endpoint');
  return standing;
}

/** Then it was the old place that is gone: the new one has yet to be told, and is no worse for it. */
async function hasMoved(sql: Sql, { tenant, endpoint_id, url }: Claimed): Promise<boolean> {
  return (await sql.query(MOVED, [tenant, endpoint_id, url])).length > 0;
}

/**
 * The status is the one word of an endpoint's in what is written. Where the database has no place for it, it must not
 * keep the try from counting: that delivery would be made again each minute, for ever. Only for a refusal of the
 * database's: what was lost on the way may have been written.
 */
async function orWithout(
  status: number | null,
  write: (status: number | null) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  try {
    return await write(status);
  } catch (error) {
    const kind = sqlClass(error);
    if (status === null || (kind !== '22' && kind !== '23')) throw error;
    return write(null);
  }
}

/** Gives one back that was not tried where it is to arrive, or whose try was cut off by our own end: it counts for none. */
export async function release(sql: Sql, claimed: Claimed, due: Date): Promise<void> {
  const { tenant, event_id, endpoint_id, lease } = claimed;
  await sql.query(RELEASE, [tenant, event_id, endpoint_id, lease, due], 'release-delivery');
}
