import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Database } from './sql.ts';

const PAUSE_MS = 100;
const SAY_EVERY_MS = 5_000;

// The numbers of transactions of the whole server are compared, and those of this database alone looked
// at. Every role may see these columns, of every session.
const OLDER = `
SELECT pid FROM pg_stat_activity
WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid <> pg_backend_pid() AND age(backend_xid) >= age($1::xid8::xid) ORDER BY pid`;

const Current = z.object({ id: z.string() });
const Session = z.object({ pid: z.int() });

export type Waiting = {
  /** For how long; then somebody has to look why a transaction stays open. */
  readonly patienceMs: number;
  /** Told at once of whom is waited for, and again every few seconds. */
  readonly progress: (line: string) => void;
  /** Called again and again meanwhile. */
  readonly alive: () => Promise<void>;
};

/**
 * Waits until every transaction of this database that has a number now has ended. What is committed now is
 * seen by all that come after, if they ask as `keys_in_force` does: once their transaction has a number.
 *
 * @throws StartError when one stays open for too long.
 */
export async function waitForOlder(
  database: Database,
  { patienceMs, progress, alive }: Waiting,
): Promise<void> {
  const sql = database.as('rotator');
  const [row] = await sql.query('SELECT pg_current_xact_id()::text AS id');
  const { id } = Current.parse(row);
  const began = Date.now();
  for (let said = -SAY_EVERY_MS; ; await sleep(PAUSE_MS)) {
    const older = (await sql.query(OLDER, [id])).map((each) => Session.parse(each).pid);
    if (older.length === 0) return;
    const waited = Date.now() - began;
    const who = `transactions that had begun before (processes ${older.join(', ')} of the database)`;
    if (waited > patienceMs)
      throw new StartError(
        `Waited ${Math.round(waited / 1000)} s for ${who}. Nothing is lost. When they have ended, run it again.`,
      );
    if (waited - said >= SAY_EVERY_MS) {
      progress(`waiting for ${who}`);
      said = waited;
    }
    await alive();
  }
}
