import { setTimeout as sleep } from 'node:timers/promises';
import { type Claim, claimed } from '../db/claim.ts';
import { waitForOlder } from '../db/older-transactions.ts';
import { lockKeys } from '../keys/alone-with-keys.ts';
import type { Vault } from '../vault.ts';
import { countUnder, listDataKeys, putInForce, retireOthers } from './data-key-store.ts';
import { resealPortion, SEALED, type Sealed } from './reseal.ts';

const MOST_PASSES = 50;
const PAUSE_MS = 100;
/** Statements of the vault end within ten seconds; whoever takes longer is a stranger in its database. */
export const PATIENCE_MS = 60_000;

export type Rotating = Pick<Vault, 'sql' | 'keys' | 'now'>;
export type DataKeyRotation = {
  readonly tenant: string;
  /** The data key in use now. */
  readonly dataKey: string;
  readonly resealed: number;
  /** Records whose envelope does not open where it lies: somebody moved or changed them. */
  readonly unreadable: readonly string[];
  /** How many lie under a key before still, since somebody holds them locked. */
  readonly left: number;
};

/** One rotation, alone with its tenant's keys of a kind for as long as it goes through its claim. */
export type Turn = Rotating & {
  readonly tenant: string;
  readonly claim: Claim;
  readonly progress: (line: string) => void;
  readonly patienceMs: number;
};

/** What the operator reads of the work that only one may do at a time. */
export const dataKeysOf = (tenant: string) => `data keys of ${tenant}`;

/**
 * Gives a tenant a new data key and seals all that lies under the others anew. A rotation that was cut
 * off goes on where it was: when there is something to finish, no new key is made. Retired keys stay in
 * the store for old backups, see `destroyRetired`. Nothing for a tenant whose keys are all destroyed.
 *
 * From the moment the others are retired, no statement stores anything under them (KEYS_IN_FORCE); those
 * that had begun before are waited for. So a pass that finds nothing has found the end.
 *
 * @throws ClaimedElsewhere when another process is rotating them: two that each make a key and retire all
 *   others could leave none in force.
 */
export async function rotateDataKey(
  vault: Rotating,
  tenant: string,
  progress: (line: string) => void,
  patienceMs = PATIENCE_MS,
): Promise<DataKeyRotation | undefined> {
  const { sql, keys, now } = vault;
  return claimed(sql, dataKeysOf(tenant), (claim) =>
    rotate({ sql, keys, now, tenant, claim, progress, patienceMs }),
  );
}

async function rotate(turn: Turn): Promise<DataKeyRotation | undefined> {
  const { tenant, keys, claim } = turn;
  const last = keys.tenants.dataKeys(tenant).at(-1);
  // Of a tenant that was shredded, also where a backup of before has brought its rows back.
  if (last?.wrapped === undefined) return undefined;
  const newest = last.id;
  await adopt(turn, newest);
  const inForce = await idsInForce(turn);
  if (!inForce.includes(newest)) return undefined;
  const hasDraft = keys.tenants.hasDraft(tenant);
  if (inForce.length === 1 && !hasDraft) {
    const unfinished = await resealAll(turn, newest);
    if (unfinished.resealed + unfinished.left > 0)
      return { tenant, dataKey: newest, ...unfinished };
  }
  // Two in force and no draft: all that is left to do of an earlier rotation is to retire and reseal.
  const isIntroduced = inForce.length > 1 && !hasDraft;
  const dataKey = isIntroduced ? newest : await introduce(turn);
  const at = new Date(turn.now());
  await claim.transaction((sql) => retireOthers(sql, tenant, dataKey, at));
  return { tenant, dataKey, ...(await resealAll(turn, dataKey)) };
}

/**
 * Puts a key in force that the database has never heard of: a backup of before its rotation was restored, and
 * the store has gone on. Nodes seal under the newest key that they find, and would store nothing any more.
 */
async function adopt({ sql, tenant, claim, now }: Turn, newest: string): Promise<void> {
  const known = await listDataKeys(sql.as('rotator'), tenant);
  if (known.length === 0 || known.some(({ id }) => id === newest)) return;
  await claim.transaction((inside) => putInForce(inside, tenant, newest, new Date(now())));
}

async function idsInForce({ sql, tenant }: Turn): Promise<string[]> {
  const known = await listDataKeys(sql.as('rotator'), tenant);
  return known.flatMap(({ id, retiredAt }) => (retiredAt === null ? [id] : []));
}

/**
 * Makes the next data key: on the disk first, then in force in the database, then where nodes find it.
 * So a node that finds it may use it, and one that does not may go on with the one before. A process
 * that was killed in between leaves a draft, which the next one takes up.
 */
async function introduce({ keys, now, tenant, claim }: Turn): Promise<string> {
  const made = await claim.transaction(async (sql) => {
    await lockKeys(sql);
    const number = keys.tenants.dataKeys(tenant).length + 1;
    const id = await keys.tenants.draftDataKey(tenant, number);
    await putInForce(sql, tenant, id, new Date(now()));
    return { number, id };
  });
  await claim.transaction(async (sql) => {
    await lockKeys(sql);
    keys.tenants.publishDraft(tenant, made.number, made.id);
  });
  keys.forget(tenant);
  return made.id;
}

type Resealed = Pick<DataKeyRotation, 'resealed' | 'unreadable' | 'left'>;

async function resealAll(turn: Turn, current: string): Promise<Resealed> {
  await waitForOlder(turn.sql, { ...turn, alive: () => turn.claim.renew() });
  let resealed = 0;
  for (let pass = 1; ; pass++) {
    const unreadable: string[] = [];
    for (const table of SEALED) {
      const done = await onePass(turn, table, current);
      resealed += done.resealed;
      unreadable.push(...done.unreadable);
    }
    const left = Math.max((await countOthers(turn, current)) - unreadable.length, 0);
    if (left === 0 || pass === MOST_PASSES) return { resealed, unreadable, left };
    // The rest is locked by somebody: a deletion, say.
    await sleep(PAUSE_MS);
  }
}

async function countOthers({ sql, tenant }: Turn, current: string): Promise<number> {
  const known = await listDataKeys(sql.as('rotator'), tenant);
  const others = known.map(({ id }) => id).filter((id) => id !== current);
  return countUnder(sql.as('rotator'), tenant, others);
}

/** One pass over a table, in portions of a transaction each. */
async function onePass({ keys, tenant, claim, progress }: Turn, table: Sealed, current: string) {
  const unreadable: string[] = [];
  let resealed = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after;
    const portion = await claim.transaction((sql) =>
      resealPortion(sql, keys, table, { tenant, current, after: from }),
    );
    resealed += portion.resealed;
    unreadable.push(...portion.unreadable);
    after = portion.next;
    if (portion.resealed > 0) progress(`${tenant}: ${resealed} ${table.name}`);
  }
  return { resealed, unreadable };
}
