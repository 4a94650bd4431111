import type { Database, Sql } from '../db/sql.ts';

// Any fixed number: whoever makes, rewraps or destroys files of keys does so one at a time.
const KEYS_LOCK = 7_778_742_049;

/**
 * Does a short piece of work on the files of the key store while nobody else does, on any node. Else
 * one could rewrap, and so bring back, what another is just destroying.
 */
export async function aloneWithKeys<T>(
  database: Database,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  return database.transaction({ role: 'worker' }, async (sql) => {
    await lockKeys(sql);
    return work(sql);
  });
}

/** The same from here to the end of a transaction that is open already. */
export async function lockKeys(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [KEYS_LOCK]);
}
