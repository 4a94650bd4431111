import { type Frontier, signCheckpoint } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Vault } from '../vault.ts';
import { logName } from './log-name.ts';
import { grown } from './grown.ts';
import { momentIn, sizeIn } from './in-reach.ts';
import { LogChanged } from './log-changed.ts';
import { AS_SEQUENCER, boundStay, lockLog, logSize } from './sequence-batch.ts';
import { grownFrom, leavesOf } from './tree-store.ts';

const EVERY_ENTRIES = 1_000;
const EVERY_MS = 60_000;

/** Several keys' signatures under one state have room in it. */
const NOTE_CHARS = 8_192;

const COLUMNS = `${sizeIn('size')} AS size, left(note, ${NOTE_CHARS}) AS note,
  ${momentIn('created_at')} AS created_at`;
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
    `SELECT ${COLUMNS} FROM audit_checkpoints ORDER BY audit_checkpoints.size DESC LIMIT 1`,
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
    `SELECT ${COLUMNS} FROM audit_checkpoints WHERE size >= $1 ORDER BY audit_checkpoints.size LIMIT $2`,
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
  return size - last.size >= EVERY_ENTRIES || since >= EVERY_MS || since < -EVERY_MS;
}

/** Whether a minute or a thousand entries have passed, as far as a glance tells. */
export async function isSigningDue({ sql, now }: Pick<Vault, 'sql' | 'now'>): Promise<boolean> {
  const reader = sql.as('sequencer');
  return isDue(await logSize(reader), await latestCheckpoint(reader), now());
}

type Signing = {
  readonly vault: Pick<Vault, 'sql' | 'now'> & {
    readonly keys: Pick<KeyStore, 'signingKey' | 'auditKeys'>;
  };
  /** The log as it was signed last, as our own witness has it. */
  readonly witnessed: Frontier;
  /** The log as we left it. */
  readonly known: Frontier;
  /** Whatever is new is worth signing: nobody here vouches for it any longer. */
  readonly isLast: boolean;
};

/**
 * Signs the state of the log when a minute or a thousand entries have passed since the last time. Only what
 * goes on from what we know ourselves, entry by entry: a signature over a tree that somebody else has put
 * into the database would make it true.
 *
 * @returns whether it did.
 * @throws LogChanged when the database has another log.
 */
export async function signWhenDue({ vault, witnessed, known, isLast }: Signing): Promise<boolean> {
  const { sql: database, keys, now } = vault;
  const at = now();
  const origin = await logName(database.as('sequencer'));
  // Before the transaction: it may wait for a device, and whoever gives places may not.
  const key = await keys.signingKey('audit');
  if (!keys.auditKeys().some((each) => Buffer.from(each).equals(key.publicKey)))
    throw new Error('the public half of the audit key is not in the key store');
  return database.transaction(AS_SEQUENCER, async (sql) => {
    await boundStay(sql);
    const size = await lockLog(sql);
    const last = await latestCheckpoint(sql);
    if (!isDue(size, isLast ? undefined : last, at) || size === last?.size) return false;
    const { root } = await requireGrowth(sql, { witnessed, known }, size);
    const note = signCheckpoint(key, { origin, size, root });
    await sql.query('INSERT INTO audit_checkpoints (size, note, created_at) VALUES ($1, $2, $3)', [
      size,
      note,
      new Date(at),
    ]);
    return true;
  });
}

/**
 * From what was signed last, by way of what we placed ourselves, to what is to be signed: all in memory, so
 * that no hash which is stored above the entries stands in for them.
 */
async function requireGrowth(
  sql: Sql,
  { witnessed, known }: Pick<Signing, 'witnessed' | 'known'>,
  size: number,
): Promise<Frontier> {
  if (known.size <= witnessed.size) return grownFrom(sql, [witnessed], size);
  if (size < known.size)
    throw new LogChanged(`the database has a log of ${size} entries, and we placed ${known.size}`);
  const placed = grown(witnessed, await leavesOf(sql, witnessed.size, known.size));
  if (!Buffer.from(placed.root).equals(known.root))
    throw new LogChanged(`the database has other entries than the ${known.size} that we placed`);
  return grownFrom(sql, [placed], size);
}
