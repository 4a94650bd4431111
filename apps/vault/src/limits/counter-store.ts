import * as z from 'zod';
import { purgeExpired } from '../db/purge-expired.ts';
import type { Sql } from '../db/sql.ts';

/** One subject in one window. */
export type Counter = { readonly name: Uint8Array; readonly endsAt: number };

/** A node whose clock is behind may still count in a window that is over elsewhere. */
const GRACE_MS = 60_000;
const Taken = z.object({ taken: z.int() });

/** Takes units out of a counter and says how many all nodes have taken, these included. */
export async function takeUnits(sql: Sql, counter: Counter, units: number): Promise<number> {
  const until = new Date(counter.endsAt + GRACE_MS);
  const values = [counter.name, units, until];
  const [row] = await sql.query('SELECT take_units($1, $2, $3) AS taken', values, 'take-units');
  return Taken.parse(row).taken;
}

/** Forgets counters whose window is over. */
export async function purgeCounters(sql: Sql, now: Date): Promise<void> {
  await purgeExpired(sql, 'limit_counters', ['name'], now);
}
