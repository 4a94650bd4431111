import { VaultError } from '../app/vault-error.ts';
import { type EventPosition, findEvent, listEvents } from '../events/event-store.ts';
import type { Handlers } from './bind-routes.ts';

const PAGE = 20;
const FORM = /^(\d{12,14})\.(evt_[0-9A-Za-z_]{1,40})$/;

/** What a backend may read of what it is told. */
export function eventHandlers(): Pick<Handlers, 'listEvents' | 'getEvent'> {
  return {
    async listEvents({ query: { type, since, cursor, limit = PAGE } }, { sql, key }) {
      const { tenant, mode } = key;
      const { events, end } = await listEvents(sql, {
        ...{ tenant, mode, type, limit },
        since: since === undefined ? undefined : new Date(since),
        after: cursor === undefined ? undefined : positionOf(cursor),
      });
      const nextCursor = end === undefined ? null : cursorOf(end);
      return { object: 'list', data: events, nextCursor };
    },

    async getEvent({ params }, { sql, key }) {
      const event = await findEvent(sql, key.tenant, key.mode, params.id);
      if (event === undefined) throw VaultError.because('not_found', 'record_missing');
      return event;
    },
  };
}

/** A position as callers carry it. Not signed: it only says where in their own list to go on. */
export function cursorOf({ at, id }: EventPosition): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
}

/** @throws VaultError `invalid_request` for a text that is no cursor. */
export function positionOf(cursor: string): EventPosition {
  const [, time, id] = FORM.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (time === undefined || id === undefined)
    throw VaultError.because('invalid_request', 'query_form');
  return { at: new Date(Number(time)), id };
}
