import { openCheckpoint, type Checkpoint } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';

const Row = z.object({ store_id: z.string() });

/**
 * What the log of a deployment is called in its checkpoints: by the key store that signs them, so that it
 * stays the same when hosts change their names.
 *
 * @throws StartError before the first start, when there is no store yet.
 */
export async function logName(sql: Sql): Promise<string> {
  const [row] = await sql.query('SELECT store_id FROM key_store');
  if (row === undefined) throw new StartError('The vault was not started yet: there is no log.');
  return `hushfield/${Row.parse(row).store_id}`;
}

/** Whose word counts of a log: its name, and the keys it was ever signed with. */
export type LogTrust = { readonly name: string; readonly keys: readonly Uint8Array[] };

/** Reads a checkpoint that any of those keys has signed; nothing for any other. */
export function trustedCheckpoint(note: string, { name, keys }: LogTrust): Checkpoint | undefined {
  for (const key of keys) {
    const checkpoint = openCheckpoint(note, name, key);
    if (checkpoint !== undefined) return checkpoint;
  }
  return undefined;
}
