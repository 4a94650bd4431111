import { consistencyPath, inclusionPath } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { latestCheckpoint, type StoredCheckpoint } from './checkpoint-store.ts';
import { LOGGED_COLUMNS, LoggedEntry, leafText } from './leaf-text.ts';
import { hashesOf } from './tree-store.ts';

const Placed = z.object({ index: z.coerce.number().int() });

/** An entry with its place in the log. */
export type PlacedEntry = LoggedEntry & { readonly index: number };

/** What to look for; without any, all there is. */
export type Wanted = {
  readonly resource?: string | undefined;
  /** Only places before this one. */
  readonly before?: number | undefined;
  readonly most: number;
};

const LIST = `
SELECT l.leaf_index AS index, ${LOGGED_COLUMNS}
FROM audit_leaves l JOIN audit_entries e ON e.tenant = l.tenant AND e.entry_id = l.entry_id
WHERE l.tenant = $1 AND ($2::text IS NULL OR l.resource = $2) AND ($3::bigint IS NULL OR l.leaf_index < $3)
ORDER BY l.leaf_index DESC LIMIT $4`;
const ONE = `
SELECT l.leaf_index AS index, ${LOGGED_COLUMNS}
FROM audit_leaves l JOIN audit_entries e ON e.tenant = l.tenant AND e.entry_id = l.entry_id
WHERE l.tenant = $1 AND l.entry_id = $2`;

/** Entries of a tenant that have their place, newest first. */
export async function listEntries(
  sql: Sql,
  tenant: string,
  { resource, before, most }: Wanted,
): Promise<PlacedEntry[]> {
  const rows = await sql.query(LIST, [tenant, resource ?? null, before ?? null, most]);
  return rows.map(placedOf);
}

export async function findEntry(
  sql: Sql,
  tenant: string,
  entryId: string,
): Promise<PlacedEntry | undefined> {
  const [row] = await sql.query(ONE, [tenant, entryId]);
  return row === undefined ? undefined : placedOf(row);
}

function placedOf(row: unknown): PlacedEntry {
  return { ...LoggedEntry.parse(row), ...Placed.parse(row) };
}

/** That an entry stands in a log of which a signed state is known. */
export type EntryProof = {
  readonly entry: PlacedEntry;
  /** The very bytes that its hash is made of. */
  readonly leaf: string;
  readonly state: StoredCheckpoint;
  /** Innermost first. */
  readonly hashes: readonly Uint8Array[];
};

/** Nothing as long as no state was signed that covers the entry: for a minute at most. */
export async function proveEntry(sql: Sql, entry: PlacedEntry): Promise<EntryProof | undefined> {
  const state = await latestCheckpoint(sql);
  if (state === undefined || state.size <= entry.index) return undefined;
  const hashes = await hashesOf(sql, inclusionPath(entry.index, state.size));
  return { entry, leaf: leafText(entry), state, hashes };
}

/**
 * That the newest signed state continues an earlier one.
 *
 * @returns nothing when there is no state as large.
 */
export async function proveGrowth(
  sql: Sql,
  earlier: number,
): Promise<
  { readonly state: StoredCheckpoint; readonly hashes: readonly Uint8Array[] } | undefined
> {
  const state = await latestCheckpoint(sql);
  if (state === undefined || state.size < earlier) return undefined;
  // Every log continues an empty one.
  const hashes = earlier === 0 ? [] : await hashesOf(sql, consistencyPath(earlier, state.size));
  return { state, hashes };
}
