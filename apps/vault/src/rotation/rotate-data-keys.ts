import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../db/sql.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import type { Vault } from '../vault.ts';
import {
  allAreYounger,
  countUnder,
  currentTransaction,
  listDataKeys,
  putInForce,
  retireOthers,
} from './data-key-store.ts';
import { resealPortion, SEALED, type Sealed } from './reseal.ts';

const ROTATOR: Scope = { role: 'rotator' };
const MOST_PASSES = 50;
const PAUSE_MS = 100;

export type Rotating = Pick<Vault, 'sql' | 'keys' | 'now'>;
export type DataKeyRotation = {
  readonly tenant: string;
  /** The data key in use now. */
  readonly dataKey: string;
  readonly resealed: number;
  /** Records whose envelope does not open where it lies: somebody moved or changed them. */
  readonly unreadable: readonly string[];
};

/**
 * Gives a tenant a new data key and seals all that lies under the others anew. A rotation that was cut
 * off goes on where it was: when there is something to finish, no new key is made. Retired keys stay in
 * the store for old backups, see `destroyRetired`. Nothing for a tenant whose keys are all destroyed.
 *
 * From the moment the others are retired, no statement stores anything under them (KEY_IN_FORCE); those
 * that had begun before are waited for. So a pass that finds nothing has found the end.
 */
export async function rotateDataKey(
  vault: Rotating,
  tenant: string,
  progress: (line: string) => void,
): Promise<DataKeyRotation | undefined> {
  const inForce = await idsInForce(vault, tenant);
  const newest = vault.keys.tenants.dataKeys(tenant).at(-1)?.id;
  if (newest === undefined || !inForce.includes(newest)) return undefined;
  const hasDraft = vault.keys.tenants.hasDraft(tenant);
  if (inForce.length === 1 && !hasDraft) {
    const unfinished = await resealAll(vault, { tenant, current: newest }, progress);
    if (unfinished.resealed > 0) return { tenant, dataKey: newest, ...unfinished };
  }
  // Two in force and no draft: all that is left to do of an earlier rotation is to retire and reseal.
  const isIntroduced = inForce.length > 1 && !hasDraft;
  const dataKey = isIntroduced ? newest : await introduce(vault, tenant);
  const at = new Date(vault.now());
  await vault.sql.transaction(ROTATOR, (sql) => retireOthers(sql, tenant, dataKey, at));
  return { tenant, dataKey, ...(await resealAll(vault, { tenant, current: dataKey }, progress)) };
}

async function idsInForce({ sql }: Rotating, tenant: string): Promise<string[]> {
  const known = await listDataKeys(sql.as('rotator'), tenant);
  return known.flatMap(({ id, retiredAt }) => (retiredAt === null ? [id] : []));
}

/**
 * Makes the next data key: on the disk first, then in force in the database, then where nodes find it.
 * So a node that finds it may use it, and one that does not may go on with the one before. A process
 * that was killed in between leaves a draft, which the next one takes up.
 */
async function introduce({ sql, keys, now }: Rotating, tenant: string): Promise<string> {
  const number = keys.tenants.dataKeys(tenant).length + 1;
  const id = await aloneWithKeys(sql, () => keys.tenants.draftDataKey(tenant, number));
  const at = new Date(now());
  await sql.transaction(ROTATOR, (inside) => putInForce(inside, tenant, id, at));
  await aloneWithKeys(sql, async () => keys.tenants.publishDraft(tenant, number));
  keys.forget(tenant);
  return id;
}

type Whose = { readonly tenant: string; readonly current: string };
type Resealed = Pick<DataKeyRotation, 'resealed' | 'unreadable'>;

async function resealAll(
  vault: Rotating,
  whose: Whose,
  progress: (line: string) => void,
): Promise<Resealed> {
  await waitForOlder(vault);
  let resealed = 0;
  for (let pass = 1; ; pass++) {
    const unreadable: string[] = [];
    for (const table of SEALED) {
      const done = await onePass(vault, table, whose, progress);
      resealed += done.resealed;
      unreadable.push(...done.unreadable);
    }
    const rest = await left(vault, whose);
    if (rest <= unreadable.length || pass === MOST_PASSES) return { resealed, unreadable };
    // The rest is locked by somebody: a deletion, or another rotation.
    await sleep(PAUSE_MS);
  }
}

/** What had begun before a key was retired may still store under it. */
export async function waitForOlder({ sql }: Rotating): Promise<void> {
  const transaction = await currentTransaction(sql.as('rotator'));
  while (!(await allAreYounger(sql.as('rotator'), transaction))) await sleep(PAUSE_MS);
}

async function left({ sql }: Rotating, { tenant, current }: Whose): Promise<number> {
  const known = await listDataKeys(sql.as('rotator'), tenant);
  const others = known.map(({ id }) => id).filter((id) => id !== current);
  return countUnder(sql.as('rotator'), tenant, others);
}

/** One pass over a table, in portions of a transaction each. */
async function onePass(
  { sql, keys }: Rotating,
  table: Sealed,
  whose: Whose,
  progress: (line: string) => void,
) {
  const unreadable: string[] = [];
  let resealed = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after;
    const portion = await sql.transaction(ROTATOR, (inside) =>
      resealPortion(inside, keys, table, { ...whose, after: from }),
    );
    resealed += portion.resealed;
    unreadable.push(...portion.unreadable);
    after = portion.next;
    if (portion.resealed > 0) progress(`${whose.tenant}: ${resealed} ${table.name}`);
  }
  return { resealed, unreadable };
}
