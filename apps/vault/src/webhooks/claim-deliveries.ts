import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { PAUSE_FROM } from './schedule.ts';

/**
 * Takes what is due, a few of each endpoint and one of an endpoint that fails, so that neither a flood nor a silent
 * host holds up the others. Whoever takes one has it until `$5`; a worker that is killed lets go by that. Rows that
 * another worker takes at this moment are left out.
 */
const CLAIM = `
WITH open AS (
  SELECT e.tenant, e.endpoint_id, e.url,
    CASE WHEN e.failures >= ${PAUSE_FROM} THEN 1 ELSE $3::int END AS share
  FROM webhook_endpoints e
  WHERE e.status = 'enabled' AND (e.paused_until IS NULL OR e.paused_until <= $1)
    AND e.endpoint_id <> ALL ($2::text[])),
due AS (
  SELECT open.tenant, open.endpoint_id, open.url, d.event_id FROM open CROSS JOIN LATERAL (
    SELECT w.event_id FROM webhook_deliveries w
    WHERE w.tenant = open.tenant AND w.endpoint_id = open.endpoint_id AND w.state = 'pending'
      AND w.due_at <= $1
    ORDER BY w.due_at LIMIT open.share FOR UPDATE SKIP LOCKED) AS d
  LIMIT $4::int),
taken AS (
  UPDATE webhook_deliveries w SET due_at = $5::timestamptz, lease = $6, tries = w.tries + 1 FROM due
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
  /** Of each endpoint, and of all. */
  readonly share: number;
  readonly most: number;
  readonly until: Date;
  readonly lease: string;
};

export async function claimDeliveries(sql: Sql, wish: ClaimWish): Promise<Claimed[]> {
  const { now, busy, share, most, until, lease } = wish;
  const values = [now, busy, share, most, until, lease];
  // Not prepared: a plan that was made for an empty queue reads all of a long one.
  const rows = await sql.query(CLAIM, values);
  return rows.map((row) => ({ ...Claimed.parse(row), lease }));
}
