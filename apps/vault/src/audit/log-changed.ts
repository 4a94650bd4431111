import type { Frontier } from '@hushfield/crypto/tlog';
import type { Sql } from '../db/sql.ts';
import { rootAt } from './tree-store.ts';

/** The log in the database is not the one that we know: nothing of it is taken over, placed or signed. */
export class LogChanged extends Error {}

/**
 * Looks whether the log still begins with what we know of it.
 *
 * @param known - as far as we know it ourselves, from memory or from a file.
 * @param size - that the database says it has.
 * @throws LogChanged when it does not.
 */
export async function requireSame(sql: Sql, known: Frontier, size: number): Promise<void> {
  if (size < known.size)
    throw new LogChanged(
      `the database has a log of ${size} entries, and ${known.size} are known here`,
    );
  if (!Buffer.from(await rootAt(sql, known.size)).equals(known.root))
    throw new LogChanged(
      `the database has other entries than the ${known.size} that are known here`,
    );
}
