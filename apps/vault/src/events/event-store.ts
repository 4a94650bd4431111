import { EVENT_TYPES, Event } from '@hushfield/contract/api';
import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Sql } from '../db/sql.ts';

const EventRow = z.object({
  event_id: z.string(),
  type: z.string(),
  mode: z.enum(['test', 'live']),
  at: z.date(),
  data: z.record(z.string(), z.unknown()),
});
type EventRow = z.infer<typeof EventRow>;

/** Where a page of a list ends: the next one begins behind it. */
export type EventPosition = { readonly at: Date; readonly id: string };

/** Which events of a tenant. */
export type Listed = {
  readonly tenant: string;
  readonly mode: 'test' | 'live';
  readonly type: string | undefined;
  readonly since: Date | undefined;
  readonly after: EventPosition | undefined;
  readonly limit: number;
};

/** Beside a node of a later version there may be kinds of event that this one has no words for. */
export const isKnown = (type: string, parameter: string) => `${type} = ANY (${parameter}::text[])`;

const LIST = `
SELECT ${columnsOf(EventRow)} FROM events
WHERE tenant = $1 AND mode = $2 AND ($3::text IS NULL OR type = $3) AND at >= $4
  AND (at, event_id) < ($5, $6) AND ${isKnown('type', '$8')}
ORDER BY at DESC, event_id DESC LIMIT $7`;
const FIND = `
SELECT ${columnsOf(EventRow)} FROM events
WHERE tenant = $1 AND mode = $2 AND event_id = $3 AND ${isKnown('type', '$4')}`;

const EVER = new Date(0);
const START: EventPosition = { at: new Date(Date.UTC(9999, 0)), id: '' };

/** A page of events, newest first, and where it ends when there are more. */
export async function listEvents(
  sql: Sql,
  { tenant, mode, type, since = EVER, after = START, limit }: Listed,
): Promise<{ readonly events: Event[]; readonly end: EventPosition | undefined }> {
  const values = [tenant, mode, type ?? null, since, after.at, after.id, limit + 1, EVENT_TYPES];
  const found = (await sql.query(LIST, values, 'list-events')).map((row) => EventRow.parse(row));
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { events: page.map(eventOf), end: last && { at: last.at, id: last.event_id } };
}

export async function findEvent(
  sql: Sql,
  tenant: string,
  mode: 'test' | 'live',
  id: string,
): Promise<Event | undefined> {
  const [row] = await sql.query(FIND, [tenant, mode, id, EVENT_TYPES], 'find-event');
  return row === undefined ? undefined : eventOf(EventRow.parse(row));
}

function eventOf({ event_id: id, type, mode, at, data }: EventRow): Event {
  return Event.parse({ id, object: 'event', type, mode, timestamp: at.toISOString(), data });
}
