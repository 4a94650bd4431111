import { openCheckpoint, type Checkpoint } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';

const Row = z.object({ store_id: z.string() });
/** The second in which an epoch began: no more digits than a date can be made of. */
const SINCE = /^[1-9]\d{0,11}$/;

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

/**
 * What the log is called in an epoch: by its name alone in the first, with the second since when in a later
 * one. So nobody who keeps states of both takes them for those of one log that was forked.
 */
export function originOf(name: string, epoch: number): string {
  return epoch === 0 ? name : `${name}/${epoch}`;
}

/** The other way round; nothing for what another log is called. */
function epochOf(name: string, origin: string): number | undefined {
  if (origin === name) return 0;
  const since = origin.startsWith(`${name}/`) ? origin.slice(name.length + 1) : '';
  return SINCE.test(since) ? Number(since) : undefined;
}

/** The name of a log and the epoch, from what it is called in that epoch. */
export function namedBy(origin: string): { readonly name: string; readonly epoch: number } {
  const name = origin.slice(0, origin.lastIndexOf('/'));
  const epoch = name.includes('/') ? epochOf(name, origin) : undefined;
  return epoch === undefined ? { name: origin, epoch: 0 } : { name, epoch };
}

/** Whose word counts of a log: its name, and the keys it was ever signed with. */
export type LogTrust = { readonly name: string; readonly keys: readonly Uint8Array[] };

/** A state that one of those keys has signed, in an epoch of the log. */
export type SignedState = Checkpoint & { readonly epoch: number };

/**
 * Reads a checkpoint that any of those keys has signed, in whichever epoch; nothing for any other, and
 * nothing for one that goes on after another log, or after what is still to come.
 */
export function trustedCheckpoint(note: string, { name, keys }: LogTrust): SignedState | undefined {
  const origin = note.slice(0, Math.max(note.indexOf('\n'), 0));
  const epoch = epochOf(name, origin);
  if (epoch === undefined) return undefined;
  for (const key of keys) {
    const checkpoint = openCheckpoint(note, origin, key);
    if (checkpoint === undefined) continue;
    const { after } = checkpoint;
    if (after !== undefined && (epochOf(name, after.origin) ?? epoch) >= epoch) return undefined;
    return { ...checkpoint, epoch };
  }
  return undefined;
}
