import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { momentIn, sizeIn } from './in-reach.ts';

// The oldest notes come first, and a thousand of them tell enough. By the database's clock, as they were noted.
// No row that somebody put there may keep whoever is on call from all the others (see `in-reach.ts`), and a
// note of a time to come is late: it must not silence the alarm.
const STATE = `
SELECT ${sizeIn('h.size')} AS size, p.waiting::int AS waiting,
  coalesce(extract(epoch FROM clock_timestamp() - p.oldest), 0)::float8 AS "waitedSeconds",
  c.size AS "signedSize", extract(epoch FROM clock_timestamp() - c.at)::float8 AS "signedSeconds"
FROM audit_head h
CROSS JOIN (
  SELECT count(*) AS waiting, min(CASE WHEN noted_at BETWEEN 'epoch' AND clock_timestamp() + interval '1 minute'
    THEN noted_at ELSE 'epoch' END) AS oldest
  FROM (SELECT noted_at FROM audit_pending LIMIT 1000) AS few) AS p
LEFT JOIN LATERAL (
  SELECT ${sizeIn('size')} AS size, ${momentIn('created_at')} AS at
  FROM audit_checkpoints ORDER BY audit_checkpoints.size DESC LIMIT 1) AS c ON true`;
const State = z.object({
  size: z.coerce.number().int(),
  waiting: z.number().int(),
  waitedSeconds: z.number(),
  signedSize: z.coerce
    .number()
    .int()
    .nullable()
    .transform((size) => size ?? 0),
  signedSeconds: z.number().nullable(),
});

/** How the log stands: what whoever is on call wants to know of it. */
export type LogState = {
  /** Entries that have a place. */
  readonly size: number;
  /** Entries that wait for one; no more than a thousand are counted. */
  readonly waiting: number;
  /** How long the oldest of those has waited. */
  readonly waitedSeconds: number;
  /** Entries that the newest signed state covers, and how old it is; null before the first. */
  readonly signedSize: number;
  readonly signedSeconds: number | null;
};

export async function logState(sql: Sql): Promise<LogState> {
  const [row] = await sql.query(STATE, [], 'log-state');
  return State.parse(row);
}
