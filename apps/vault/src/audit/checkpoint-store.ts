import { signCheckpoint } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Vault } from '../vault.ts';
import { logName } from './log-name.ts';
import { AS_SEQUENCER, logSize, takeTurn } from './sequence-batch.ts';
import { rootAt } from './tree-store.ts';

const EVERY_ENTRIES = 1_000;
const EVERY_MS = 60_000;

const Stored = z.object({
  size: z.coerce.number().int(),
  note: z.string(),
  created_at: z.date(),
});

/** A signed state of the log, as the database has it: to be verified before it is believed. */
export type StoredCheckpoint = {
  readonly size: number;
  readonly note: string;
  readonly createdAt: Date;
};

function checkpointOf(row: unknown): StoredCheckpoint {
  const { size, note, created_at } = Stored.parse(row);
  return { size, note, createdAt: created_at };
}

export async function latestCheckpoint(sql: Sql): Promise<StoredCheckpoint | undefined> {
  const [row] = await sql.query(
    'SELECT size, note, created_at FROM audit_checkpoints ORDER BY size DESC LIMIT 1',
  );
  return row === undefined ? undefined : checkpointOf(row);
}

/** Those of a size and later, in their order. */
export async function checkpointsFrom(
  sql: Sql,
  size: number,
  most: number,
): Promise<StoredCheckpoint[]> {
  const rows = await sql.query(
    'SELECT size, note, created_at FROM audit_checkpoints WHERE size >= $1 ORDER BY size LIMIT $2',
    [size, most],
  );
  return rows.map(checkpointOf);
}

/** Whether a state is worth signing: nothing is said twice of one size. */
export function isDue(
  size: number,
  last: Pick<StoredCheckpoint, 'size' | 'createdAt'> | undefined,
  now: number,
): boolean {
  if (last === undefined) return size > 0;
  if (size <= last.size) return false;
  const since = now - last.createdAt.getTime();
  // A clock that was set back must not silence the log for as long as it was wrong.
  return size - last.size >= EVERY_ENTRIES || since >= EVERY_MS || since < 0;
}

/**
 * Signs the state of the log when a minute or a thousand entries have passed since the last time, if the
 * turn is ours.
 *
 * @returns whether it did.
 */
export async function signWhenDue(
  {
    sql: database,
    keys,
    now,
  }: Pick<Vault, 'sql' | 'now'> & {
    readonly keys: Pick<KeyStore, 'signingKey'>;
  },
  owner: string,
): Promise<boolean> {
  const at = now();
  const sql = database.as('sequencer');
  if (!isDue(await logSize(sql), await latestCheckpoint(sql), at)) return false;
  const origin = await logName(sql);
  // Before the transaction: it may wait for a device, and a turn may not.
  const key = await keys.signingKey('audit');
  return database.transaction(AS_SEQUENCER, async (inside) => {
    const current = await takeTurn(inside, owner);
    if (current === undefined || !isDue(current, await latestCheckpoint(inside), at)) return false;
    const root = await rootAt(inside, current);
    const note = signCheckpoint(key, { origin, size: current, root });
    await inside.query(
      'INSERT INTO audit_checkpoints (size, note, created_at) VALUES ($1, $2, $3)',
      [current, note, new Date(at)],
    );
    return true;
  });
}
