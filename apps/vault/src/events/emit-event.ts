import { EVENTS, type EventData, type EventType } from '@hushfield/contract/api';
import { newId } from '@hushfield/crypto/token-id';
import type { Sql } from '../db/sql.ts';

/** What happened, whose it is, and when. */
export type NewEvent<T extends EventType = EventType> = {
  readonly tenant: string;
  readonly mode: 'test' | 'live';
  readonly type: T;
  readonly at: Date;
  /** Ids and words of ours: never a text from outside, nor anything of a card. */
  readonly data: EventData<T>;
};

const INSERT = `
INSERT INTO events (tenant, event_id, type, mode, at, data) VALUES ($1, $2, $3, $4, $5, $6::jsonb)`;

/**
 * Tells a merchant of an act, in the transaction of the act: who rolls the one back takes back the other, and
 * an event that is none takes the act with it. Only for acts whose event says more than their audit entry;
 * all others are told of by the entry itself, see EVENT_OF.
 *
 * @param sql - of the api, worker, admin or forwarder role, in the tenant's rows.
 * @returns the id of the event.
 */
export async function emitEvent<T extends EventType>(
  sql: Sql,
  { tenant, mode, type, at, data }: NewEvent<T>,
): Promise<string> {
  const id = newId('evt');
  const timestamp = at.toISOString();
  const event = EVENTS[type].parse({ id, object: 'event', type, mode, timestamp, data });
  const values = [tenant, id, type, mode, at, JSON.stringify(event.data)];
  await sql.query(INSERT, values, 'emit-event');
  return id;
}
