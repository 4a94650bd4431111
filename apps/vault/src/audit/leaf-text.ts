import { leafHash } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import type { Row } from '../db/sql.ts';

/**
 * An entry as the database has it. The moment comes as text with every digit that is stored: read as a
 * date, a change below the millisecond would go unseen.
 */
const Columns = {
  tenant: z.string(),
  entryId: z.string(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  resource: z.string(),
  outcome: z.string(),
  origin: z.string().nullable(),
  requestId: z.string().nullable(),
};
export const LoggedEntry = z.object(Columns);
export type LoggedEntry = z.infer<typeof LoggedEntry>;

/** What to select of `audit_entries`. The year of a date before Christ would be written as that of one after. */
export const LOGGED_COLUMNS = `e.tenant, e.entry_id AS "entryId",
  CASE WHEN e.at >= '1900-01-01Z' AND e.at < '9999-01-01Z'
    THEN to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE 'no moment' END AS at,
  e.actor, e.action, e.resource, e.outcome, e.origin, e.request_id AS "requestId"`;

/** Of what stands in the text, and in which order. */
const VERSION = 1;

/**
 * The bytes of an entry in the tree (RFC 6962 §2.1): a JSON array, so that no two entries share a text, and
 * anybody can make it anew with a JSON writer.
 *
 * @example leafText(entry) // '[1,"ten_…","aud_…","2026-11-09T12:00:00.000000Z","key:…","token.create",…]'
 */
export function leafText(entry: LoggedEntry): string {
  const { tenant, entryId, at, actor, action, resource, outcome, origin, requestId } = entry;
  const fields = [tenant, entryId, at, actor, action, resource, outcome, origin, requestId];
  return JSON.stringify([VERSION, ...fields]);
}

export function hashOf(entry: LoggedEntry): Uint8Array {
  return leafHash(Buffer.from(leafText(entry)));
}

export function parseEntries(rows: readonly Row[]): LoggedEntry[] {
  return rows.map((row) => LoggedEntry.parse(row));
}
