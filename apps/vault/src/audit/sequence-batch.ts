import type { Frontier } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import type { Database, Scope, Sql } from '../db/sql.ts';
import { sizeIn } from './in-reach.ts';
import { hashOf, LOGGED_COLUMNS, type LoggedEntry, parseEntries } from './leaf-text.ts';
import { appendEntries, grownFrom } from './tree-store.ts';

export const AS_SEQUENCER: Scope = { role: 'sequencer' };
export const BATCH = 1_000;
/** Short, so that a worker that was killed is not missed; correctness hangs on the row's lock and not on it. */
const TURN = "interval '3 seconds'";

const SIZE = `${sizeIn('size')} AS size`;

// Who is at it just now has the row locked, and need not be waited for. A turn that ends later than any can
// was taken while the clock was wrong, or was put there to stop the log.
const TAKE_TURN = `
UPDATE audit_head SET owner = $1, until = clock_timestamp() + ${TURN}
WHERE one = (SELECT one FROM audit_head WHERE owner = $1
  OR until NOT BETWEEN clock_timestamp() AND clock_timestamp() + ${TURN} FOR UPDATE SKIP LOCKED)
RETURNING ${SIZE}`;
const Head = z.object({ size: z.coerce.number().int() });

/** The size of the log when the turn is ours for this transaction; nothing when it is another's. */
async function takeTurn(sql: Sql, owner: string): Promise<number | undefined> {
  const [row] = await sql.query(TAKE_TURN, [owner]);
  return row === undefined ? undefined : Head.parse(row).size;
}

/** Lets the next worker have the turn at once. */
export async function releaseTurn(sql: Sql, owner: string): Promise<void> {
  await sql.query("UPDATE audit_head SET until = '-infinity' WHERE owner = $1", [owner]);
}

/** Keeps everybody from giving places until the transaction ends; how many have one. */
export async function lockLog(sql: Sql): Promise<number> {
  const [row] = await sql.query(`SELECT ${SIZE} FROM audit_head FOR UPDATE`);
  return Head.parse(row).size;
}

/** Whether any entry waits for its place. */
export async function hasPending(sql: Sql): Promise<boolean> {
  const [row] = await sql.query(
    'SELECT EXISTS (SELECT FROM audit_pending) AS any',
    [],
    'has-pending',
  );
  return row?.any === true;
}

/** How many entries have a place. */
export async function logSize(sql: Sql): Promise<number> {
  const [row] = await sql.query(`SELECT ${SIZE} FROM audit_head`, [], 'log-size');
  return Head.parse(row).size;
}

// A note whose entry is gone is removed with the others, and told of: see `gone`.
const TAKE_PENDING = `
WITH taken AS (
  DELETE FROM audit_pending WHERE ctid = ANY (ARRAY(SELECT ctid FROM audit_pending LIMIT $1))
  RETURNING tenant, entry_id)
SELECT t.entry_id AS wanted, e.entry_id IS NULL AS gone, l.entry_id IS NOT NULL AS placed, ${LOGGED_COLUMNS}
FROM taken t
LEFT JOIN audit_entries e ON e.tenant = t.tenant AND e.entry_id = t.entry_id
LEFT JOIN audit_leaves l ON l.tenant = t.tenant AND l.entry_id = t.entry_id
ORDER BY e.at, e.entry_id`;
const Taken = z.object({ wanted: z.string(), gone: z.boolean(), placed: z.boolean() });

export type Batch = {
  /** How many notes were worked off. */
  readonly taken: number;
  /** The log as it is now. */
  readonly log: Frontier;
  /** Entries that somebody removed before they had a place: the trail was touched. */
  readonly gone: readonly string[];
};

/**
 * Gives places to entries that have none, in one transaction: killed anywhere, all is as before.
 *
 * @param owner - of the turn; nobody else gives places for three seconds after.
 * @param known - the log as we left it, and as our witness has it: what has a place, and no signature yet,
 *   nobody else vouches for.
 * @returns nothing when the turn is another's.
 * @throws LogChanged when the log does not go on from there.
 */
export async function sequenceBatch(
  database: Database,
  owner: string,
  { most = BATCH, known = [] }: { most?: number; known?: readonly Frontier[] } = {},
): Promise<Batch | undefined> {
  return database.transaction(AS_SEQUENCER, async (sql) => {
    await boundStay(sql);
    const size = await takeTurn(sql, owner);
    if (size === undefined) return undefined;
    const log = await grownFrom(sql, known, size);
    const rows = await sql.query(TAKE_PENDING, [most]);
    const taken = rows.map((row) => Taken.parse(row));
    const fresh = rows.filter((_row, at) => !taken[at]?.gone && !taken[at]?.placed);
    const entries = onlyOnce(parseEntries(fresh)).map((entry) => ({
      ...entry,
      hash: hashOf(entry),
    }));
    if (entries.length > 0) await appendEntries(sql, log, entries);
    const gone = taken.flatMap((each) => (each.gone ? [each.wanted] : []));
    return { taken: taken.length, log, gone };
  });
}

/** A node that vanishes in the middle of a batch must not keep the row for as long as a network is patient. */
export async function boundStay(sql: Sql): Promise<void> {
  await sql.query("SET LOCAL idle_in_transaction_session_timeout = '5s'");
}

/** Somebody may have left two notes of one entry; a second place is refused, and would stop all after it. */
function onlyOnce(entries: readonly LoggedEntry[]): LoggedEntry[] {
  return [...new Map(entries.map((each) => [`${each.tenant}/${each.entryId}`, each])).values()];
}
