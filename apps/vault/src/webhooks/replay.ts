import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import type { EventPosition } from '../events/event-store.ts';
import type { Endpoint } from './endpoint-store.ts';

/** Of one request, which must end before its caller gives up. */
const PORTION = 5_000;

/** Which events, by when they happened. */
export type Range = {
  readonly from: Date;
  /** Of those that happened at `from`, none up to this one. */
  readonly after?: string | undefined;
  readonly to: Date;
  /** Leaves out what has arrived. */
  readonly undelivered: boolean;
};

/** What is under way again. */
export type Queued = {
  readonly events: number;
  /** Behind which to go on; nothing at the end. */
  readonly next: EventPosition | undefined;
};

/*
 * In the order in which they happened. What is under way is taken from whoever has it: they may have sent it before
 * the receiver could take it, and a replay is asked for by somebody who misses something.
 */
const QUEUE = (which: string) => `
WITH wanted AS (
  SELECT v.tenant, v.event_id, v.at FROM events v
  WHERE v.tenant = $1 AND v.mode = $4 AND ${which}),
queued AS (
  INSERT INTO webhook_deliveries AS d (tenant, event_id, endpoint_id, state, due_at, happened_at)
  SELECT tenant, event_id, $2, 'pending',
    $3::timestamptz - row_number() OVER (ORDER BY at DESC, event_id DESC) * interval '1 microsecond', at
  FROM wanted
  ON CONFLICT (tenant, event_id, endpoint_id) DO UPDATE
  SET state = 'pending', due_at = EXCLUDED.due_at, lease = NULL, tries = 0, done_at = NULL)
SELECT count(*)::int AS n, (array_agg(at ORDER BY at DESC, event_id DESC))[1] AS last,
  (array_agg(event_id ORDER BY at DESC, event_id DESC))[1] AS "lastId" FROM wanted`;

const QUEUE_ONE = QUEUE('v.event_id = $5');
// By event, and not by time alone: of what a purge or an erasure makes at one moment there may be more than a portion.
const QUEUE_RANGE =
  QUEUE(`v.at >= $5 AND v.at <= $6 AND ($9::text IS NULL OR (v.at, v.event_id) > ($5, $9))
    AND ('*' = ANY ($8::text[]) OR v.type = ANY ($8::text[]))
    AND NOT ($7 AND EXISTS (SELECT FROM webhook_deliveries p
      WHERE p.tenant = v.tenant AND p.event_id = v.event_id AND p.endpoint_id = $2 AND p.state = 'delivered'))
  ORDER BY v.at, v.event_id LIMIT ${PORTION}`);

const Counted = z.object({ n: z.int(), last: z.date().nullable(), lastId: z.string().nullable() });

/** Puts events back on their way to an endpoint: one by its id, or a portion of a range. */
export async function queueAgain(
  sql: Sql,
  { tenant, endpoint_id, mode, types }: Endpoint,
  what: string | Range,
  now: Date,
): Promise<Queued> {
  const own = [tenant, endpoint_id, now, mode];
  const [row] =
    typeof what === 'string'
      ? await sql.query(QUEUE_ONE, [...own, what], 'replay-one')
      : await sql.query(
          QUEUE_RANGE,
          [...own, what.from, what.to, what.undelivered, types, what.after ?? null],
          'replay-range',
        );
  const { n, last, lastId } = Counted.parse(row);
  const isWhole = n < PORTION || last === null || lastId === null;
  return { events: n, next: isWhole ? undefined : { at: last, id: lastId } };
}
