import * as z from 'zod';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { SECRET_NAMES, type SecretName, secretFiles } from './secret-files.ts';

const Noted = z.array(z.object({ name: z.enum(SECRET_NAMES), from: z.coerce.number().int() }));

/** The root is on a machine of its own, and is replaced there. */
type Rotated = Exclude<SecretName, 'offline-root/root'>;

/** Each name of which there is a later key than its first, and since when that is the one in use. */
export function newestSecrets(folder: string): { name: Rotated; from: number }[] {
  return SECRET_NAMES.flatMap((name) => {
    if (name === 'offline-root/root') return [];
    const from = secretFiles(folder, name).at(-1)?.from ?? 0;
    return from === 0 ? [] : [{ name, from }];
  });
}

/**
 * Notes in the database that a key of a name was made, and leaves its entry, unless that was done before.
 * The note only ever counts up. In a transaction, so that there is neither without the other.
 *
 * @returns whether it was not.
 */
export async function noteMade(sql: Sql, name: Rotated, from: number, at: Date): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO newest_secrets AS known (name, used_from) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET used_from = $2 WHERE known.used_from < $2
     RETURNING name`,
    [name, from],
  );
  if (rows.length === 0) return false;
  await insertDeploymentAudit(sql, { at, action: `${name}.rotate`, resource: String(from) });
  return true;
}

/**
 * Looks whether the newest key of each name is in the store. In an older copy of it, and after a file was
 * lost, the key before would be used again without a word: tickets and sessions that nobody else takes,
 * and API keys that are unknown. The newest key of a name is never destroyed.
 *
 * @throws StartError naming the key that is lost.
 */
export async function requireNewest(sql: Sql, folder: string): Promise<void> {
  const rows = await sql.query(
    'SELECT name, used_from AS "from" FROM newest_secrets ORDER BY name',
  );
  for (const { name, from } of Noted.parse(rows)) {
    const newest = secretFiles(folder, name).at(-1)?.from ?? -1;
    if (newest < from)
      throw new StartError(
        `In the key store ${folder}, ${name}.${from} is missing: it is an older copy, or has lost that file; restore it.`,
      );
  }
}
