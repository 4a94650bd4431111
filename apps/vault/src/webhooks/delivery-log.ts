import { EVENT_TYPES, WebhookDelivery } from '@hushfield/contract/api';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { type EventPosition, isKnown } from '../events/event-store.ts';
import type { Endpoint } from './endpoint-store.ts';

const TRIES_SHOWN = 20;

const DeliveryRow = z.object({
  event_id: z.string(),
  type: z.string(),
  state: z.enum(['pending', 'delivered', 'failed']),
  due_at: z.date(),
  happened_at: z.date(),
});
const AttemptRow = z.object({
  event_id: z.string(),
  at: z.date(),
  status: z.int().nullable(),
  duration_ms: z.int(),
  reason: z.string(),
});

const LIST = `
SELECT d.event_id, v.type, d.state, d.due_at, d.happened_at
FROM webhook_deliveries d JOIN events v ON v.tenant = d.tenant AND v.event_id = d.event_id
WHERE d.tenant = $1 AND d.endpoint_id = $2 AND ($3::text IS NULL OR d.state = $3)
  AND ($4::text IS NULL OR d.event_id = $4) AND (d.happened_at, d.event_id) < ($5, $6)
  AND ${isKnown('v.type', '$8')}
ORDER BY d.happened_at DESC, d.event_id DESC LIMIT $7`;
const TRIES = `
SELECT w.event_id, a.at, a.status, a.duration_ms, a.reason
FROM unnest($3::text[]) AS w (event_id) CROSS JOIN LATERAL (
  SELECT * FROM webhook_attempts a
  WHERE a.tenant = $1 AND a.event_id = w.event_id AND a.endpoint_id = $2
  ORDER BY a.at DESC, a.attempt_id LIMIT ${TRIES_SHOWN}) AS a`;

/** Which deliveries of an endpoint. */
export type Logged = {
  readonly state: string | undefined;
  readonly event: string | undefined;
  readonly after: EventPosition | undefined;
  readonly limit: number;
};

const START: EventPosition = { at: new Date(Date.UTC(9999, 0)), id: '' };

/** A page of what was sent to an endpoint, newest event first, and where it ends when there is more. */
export async function listDeliveries(
  sql: Sql,
  { tenant, endpoint_id: endpoint }: Endpoint,
  { state, event, after = START, limit }: Logged,
): Promise<{ readonly deliveries: WebhookDelivery[]; readonly end: EventPosition | undefined }> {
  const wish = [state ?? null, event ?? null, after.at, after.id, limit + 1, EVENT_TYPES];
  const rows = await sql.query(LIST, [tenant, endpoint, ...wish], 'list-deliveries');
  const found = rows.map((row) => DeliveryRow.parse(row));
  const page = found.slice(0, limit);
  const ids = page.map(({ event_id }) => event_id);
  const tries = (await sql.query(TRIES, [tenant, endpoint, ids], 'list-attempts')).map((row) =>
    AttemptRow.parse(row),
  );
  const deliveries = page.map(({ event_id, type, state: now, due_at }) =>
    WebhookDelivery.parse({
      object: 'webhook_delivery',
      ...{ endpoint, event: event_id, type, state: now },
      nextAttemptAt: now === 'pending' ? due_at.toISOString() : null,
      attempts: tries.filter((each) => each.event_id === event_id).map(attemptOf),
    }),
  );
  const last = found.length > limit ? page.at(-1) : undefined;
  return { deliveries, end: last && { at: last.happened_at, id: last.event_id } };
}

function attemptOf({ at, status, duration_ms: durationMs, reason }: z.infer<typeof AttemptRow>) {
  return { at: at.toISOString(), status, durationMs, reason };
}
