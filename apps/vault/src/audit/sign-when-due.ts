import { type Frontier, signCheckpoint } from '@hushfield/crypto/tlog';
import type { SigningKey } from '@hushfield/crypto/manifest';
import type { KeyStore } from '../keys/key-store.ts';
import type { Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import { latestCheckpoint, storeCheckpoint, type StoredCheckpoint } from './checkpoint-store.ts';
import { grown } from './grown.ts';
import { LogChanged } from './log-changed.ts';
import { lockLog, logHead } from './log-head.ts';
import { logName, originOf } from './log-name.ts';
import { AS_SEQUENCER, boundStay } from './sequence-batch.ts';
import { grownFrom, leavesOf } from './tree-store.ts';

const EVERY_ENTRIES = 1_000;
const EVERY_MS = 60_000;

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
  const { size, epoch } = await logHead(reader);
  return isDue(size, await latestCheckpoint(reader, epoch), now());
}

export type AuditKeys = Pick<KeyStore, 'signingKey' | 'auditKeys'>;

/** The key that states are signed with. Before a transaction: it may wait for a device, and whoever gives places may not. */
export async function auditSigner(keys: AuditKeys): Promise<SigningKey> {
  const key = await keys.signingKey('audit');
  if (!keys.auditKeys().some((each) => Buffer.from(each).equals(key.publicKey)))
    throw new Error('the public half of the audit key is not in the key store');
  return key;
}

type Signing = {
  readonly vault: Pick<Vault, 'sql' | 'now'> & { readonly keys: AuditKeys };
  /** The epoch that our own witness is in. Nothing is signed in another, and nothing is begun here. */
  readonly epoch: number;
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
export async function signWhenDue(signing: Signing): Promise<boolean> {
  const { vault, epoch, witnessed, known, isLast } = signing;
  const at = vault.now();
  const origin = originOf(await logName(vault.sql.as('sequencer')), epoch);
  const key = await auditSigner(vault.keys);
  return vault.sql.transaction(AS_SEQUENCER, async (sql) => {
    await boundStay(sql);
    const { size, epoch: inForce } = await lockLog(sql);
    // Another was begun just now: the witness looks into it first.
    if (inForce !== epoch) return false;
    const last = await latestCheckpoint(sql, epoch);
    if (!isDue(size, isLast ? undefined : last, at) || size === last?.size) return false;
    const { root } = await requireGrowth(sql, { witnessed, known }, size);
    const note = signCheckpoint(key, { origin, size, root });
    await storeCheckpoint(sql, epoch, { size, note, createdAt: new Date(at) });
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
