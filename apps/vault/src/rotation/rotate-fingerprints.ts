import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint } from '@hushfield/crypto/fingerprint';
import { claimed } from '../db/claim.ts';
import { waitForOlder } from '../db/older-transactions.ts';
import type { Sql } from '../db/sql.ts';
import { lockKeys } from '../keys/alone-with-keys.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { isShut, openAs } from '../tokens/open-kept.ts';
import { identityOf } from '../tokens/token-kind.ts';
import { destroyFingerprints } from './destroy-keys.ts';
import {
  countBelow,
  fingerprintFrom,
  type KeptRow,
  nextPortion,
  numbersBelow,
  noteFingerprintsDestroyed,
  putFingerprints,
  retireBelow,
  type Whose,
} from './fingerprint-store.ts';
import { PATIENCE_MS, type Rotating, type Turn } from './rotate-data-keys.ts';

const MOST_PASSES = 50;
const PAUSE_MS = 100;

export type FingerprintRotation = {
  readonly tenant: string;
  /** Of the key in use now. */
  readonly number: number;
  /** Tokens that have a new fingerprint. */
  readonly renewed: number;
  readonly destroyed: number;
  /** Tokens whose card does not open where it lies: they keep their fingerprint, and its key stays. */
  readonly unreadable: readonly string[];
  /** How many have an older fingerprint still, since somebody holds them locked; their key stays. */
  readonly left: number;
};

/** What the operator reads of the work that only one may do at a time. */
export const fingerprintKeysOf = (tenant: string) => `fingerprint keys of ${tenant}`;

/**
 * Gives a tenant a new fingerprint key, and every token the fingerprint of its card under it. A rotation
 * that was cut off goes on where it was: when there is something to finish, no new key is made.
 *
 * The new key is on the disk before it is in force, so that a node which finds it may use it and one that
 * does not may go on. Once it is in force, no statement stores a fingerprint of an older one
 * (KEYS_IN_FORCE); those that had begun are waited for. Keys before are destroyed when no token
 * needs them. Nothing for a tenant whose keys are destroyed.
 *
 * @throws ClaimedElsewhere when another process is rotating them.
 */
export async function rotateFingerprints(
  vault: Rotating,
  tenant: string,
  progress: (line: string) => void,
  patienceMs = PATIENCE_MS,
): Promise<FingerprintRotation | undefined> {
  const { sql, keys, now } = vault;
  return claimed(sql, fingerprintKeysOf(tenant), (claim) =>
    rotate({ sql, keys, now, tenant, claim, progress, patienceMs }),
  );
}

async function rotate(turn: Turn): Promise<FingerprintRotation | undefined> {
  const { tenant, keys, claim } = turn;
  const newest = keys.tenants.fingerprints(tenant).at(-1);
  const from = await fingerprintFrom(turn.sql.as('rotator'), tenant);
  if (newest?.wrapped === undefined || from === undefined) return undefined;
  let { number } = newest;
  if (from >= number) {
    const rest = await finish(turn, { tenant, number });
    if (rest.renewed + rest.destroyed + rest.left > 0) return { tenant, number, ...rest };
    number += 1;
    await create(turn, number);
  }
  keys.forget(tenant);
  const whose = { tenant, number };
  const at = new Date(turn.now());
  await claim.transaction((sql) => retireBelow(sql, whose, at));
  return { ...whose, ...(await finish(turn, whose)) };
}

/** On the disk; in force is another step. */
async function create({ tenant, keys, claim }: Turn, number: number): Promise<void> {
  await claim.transaction(async (sql) => {
    await lockKeys(sql);
    await keys.tenants.createFingerprint(tenant, number);
  });
}

type Finished = Pick<FingerprintRotation, 'renewed' | 'destroyed' | 'unreadable' | 'left'>;

async function finish(turn: Turn, whose: Whose): Promise<Finished> {
  await waitForOlder(turn.sql, { ...turn, alive: () => turn.claim.renew() });
  let renewed = 0;
  for (let pass = 1; ; pass++) {
    const done = await onePass(turn, whose);
    renewed += done.renewed;
    const { unreadable } = done;
    const before = await countBelow(turn.sql.as('rotator'), whose);
    const left = Math.max(before - unreadable.length, 0);
    if (left === 0 || pass === MOST_PASSES)
      return { renewed, unreadable, left, destroyed: await destroyOlder(turn, whose) };
    // The rest is locked by somebody: a change or a deletion, say.
    await sleep(PAUSE_MS);
  }
}

/**
 * All but those that a token needs, which for one card that does not open is one and not all since. No
 * statement stores a fingerprint of an older key by now, so that none can come to need one.
 */
async function destroyOlder({ keys, now, claim }: Turn, whose: Whose): Promise<number> {
  return claim.transaction(async (sql) => {
    await lockKeys(sql);
    const kept = await numbersBelow(sql, whose);
    const destroyed = destroyFingerprints(keys, whose.tenant, whose.number, kept);
    if (destroyed > 0) await noteFingerprintsDestroyed(sql, whose, kept, new Date(now()));
    return destroyed;
  });
}

/** One pass over the tokens, in portions of a transaction each. */
async function onePass(
  { keys, claim, progress }: Turn,
  whose: Whose,
): Promise<{ readonly renewed: number; readonly unreadable: readonly string[] }> {
  const unreadable: string[] = [];
  let renewed = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const begin: string = after;
    const portion = await claim.transaction((sql) => renewPortion(sql, keys, whose, begin));
    renewed += portion.renewed;
    unreadable.push(...portion.unreadable);
    after = portion.next;
    if (portion.renewed > 0) progress(`${whose.tenant}: ${renewed} fingerprints`);
  }
  return { renewed, unreadable };
}

async function renewPortion(sql: Sql, keys: KeyStore, whose: Whose, after: string) {
  const rows = await nextPortion(sql, whose, after);
  const { key, number } = await keys.tenants.fingerprint(whose.tenant);
  try {
    const read = await Promise.all(
      rows.map(async (row) => ({ id: row.id, fingerprint: await renewed(keys, whose, row, key) })),
    );
    const fresh = read.flatMap(({ id, fingerprint: text }) =>
      text === undefined ? [] : [{ id, fingerprint: text }],
    );
    if (fresh.length > 0) await putFingerprints(sql, { ...whose, number }, fresh);
    const unreadable = read.flatMap(({ id, fingerprint: text }) =>
      text === undefined ? [id] : [],
    );
    return { renewed: fresh.length, unreadable, next: rows.at(-1)?.id };
  } finally {
    key.fill(0);
  }
}

/** The fingerprint of a card or account under the key in use; nothing where it does not open. */
async function renewed(
  keys: KeyStore,
  { tenant }: Whose,
  { id, type, envelope }: KeptRow,
  key: Uint8Array,
): Promise<string | undefined> {
  if (envelope === null) return undefined;
  try {
    const plain = await openAs(keys, { tenant, tokenId: id, type }, envelope);
    return fingerprint(key, identityOf(plain) ?? '', type);
  } catch (error) {
    if (isShut(error)) return undefined;
    throw error;
  }
}
