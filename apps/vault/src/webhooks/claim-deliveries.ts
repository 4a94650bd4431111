import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { PAUSE_FROM } from './schedule.ts';

const OPEN = `status = 'enabled' AND (paused_until IS NULL OR paused_until <= $1)
  AND endpoint_id <> ALL ($2::text[])`;

/**
 * Takes what is due, a few of each endpoint and one of an endpoint that fails, and of each tenant no more than has
 * room here, so that neither a flood nor a silent host holds up the others. The tenant with the least under way is
 * the first, and among equals it is drawn: by age, a long queue would always be before a short one. No more is read
 * than is taken. Whoever takes one has it until `$8`; a worker that is killed lets go by that. Rows that another
 * worker takes at this moment are left out.
 */
const CLAIM = `
WITH turns AS (
  SELECT o.tenant, least($6::int - coalesce(h.held, 0), 2 * $5::int) AS room
  FROM (SELECT DISTINCT tenant FROM webhook_endpoints WHERE ${OPEN}) AS o
  LEFT JOIN unnest($3::text[], $4::int[]) AS h (tenant, held) ON h.tenant = o.tenant
  WHERE coalesce(h.held, 0) < $6::int
  ORDER BY coalesce(h.held, 0), random()),
due AS (
  SELECT turns.tenant, d.endpoint_id, d.url, d.event_id FROM turns CROSS JOIN LATERAL (
    SELECT e.endpoint_id, e.url, q.event_id FROM (
      SELECT endpoint_id, url, CASE WHEN failures >= ${PAUSE_FROM} THEN 1 ELSE $5::int END AS share
      FROM webhook_endpoints WHERE tenant = turns.tenant AND ${OPEN} ORDER BY random()) AS e
    CROSS JOIN LATERAL (
      SELECT w.event_id FROM webhook_deliveries w
      WHERE w.tenant = turns.tenant AND w.endpoint_id = e.endpoint_id AND w.state = 'pending'
        AND w.due_at <= $1
      ORDER BY w.due_at LIMIT e.share FOR UPDATE SKIP LOCKED) AS q
    LIMIT turns.room) AS d
  LIMIT $7::int),
taken AS (
  UPDATE webhook_deliveries w SET due_at = $8::timestamptz, lease = $9, tries = w.tries + 1 FROM due
  WHERE w.tenant = due.tenant AND w.event_id = due.event_id AND w.endpoint_id = due.endpoint_id
  RETURNING w.tenant, w.event_id, w.endpoint_id, w.tries, due.url)
SELECT t.tenant, t.event_id, t.endpoint_id, t.tries, t.url, v.type, v.mode, v.at, v.data,
  ARRAY(SELECT s.endpoint_id || '/' || s.secret_id || ' ' || encode(s.envelope, 'hex') FROM webhook_secrets s
    WHERE s.tenant = t.tenant AND s.endpoint_id = t.endpoint_id
      AND (s.expires_at IS NULL OR s.expires_at > $1)
    ORDER BY s.created_at DESC, s.secret_id) AS secrets
FROM taken t JOIN events v ON v.tenant = t.tenant AND v.event_id = t.event_id`;

const Sealed = z
  .string()
  .regex(/^whe_\w+\/whs_\w+ [0-9a-f]+$/)
  .transform((text) => {
    const [record = '', hex = ''] = text.split(' ');
    return { record, envelope: Uint8Array.from(Buffer.from(hex, 'hex')) };
  });

const Claimed = z.object({
  tenant: z.string(),
  event_id: z.string(),
  endpoint_id: z.string(),
  tries: z.int(),
  url: z.string(),
  type: z.string(),
  mode: z.enum(['test', 'live']),
  at: z.date(),
  data: z.record(z.string(), z.unknown()),
  secrets: z.array(Sealed),
});

/** A delivery that is ours for a while. */
export type Claimed = z.infer<typeof Claimed> & { readonly lease: string };

export type ClaimWish = {
  readonly now: Date;
  /** Endpoints that have enough under way here. */
  readonly busy: readonly string[];
  /** How much of each tenant's is under way here. */
  readonly held: ReadonlyMap<string, number>;
  /** Of each endpoint; of a tenant, with what is under way; and of all. */
  readonly share: number;
  readonly room: number;
  readonly most: number;
  readonly until: Date;
  readonly lease: string;
};

export async function claimDeliveries(sql: Sql, wish: ClaimWish): Promise<Claimed[]> {
  const { now, busy, held, share, room, most, until, lease } = wish;
  const tenants = [[...held.keys()], [...held.values()]];
  const values = [now, busy, ...tenants, share, room, most, until, lease];
  // Not prepared: a plan that was made for an empty queue reads all of a long one.
  const rows = await sql.query(CLAIM, values);
  return rows.map((row) => ({ ...Claimed.parse(row), lease }));
}
