import { setTimeout as sleep } from 'node:timers/promises';
import { CardPlaintext } from '@hushfield/contract/http';
import { CryptoError, envelopeDataKeyId, openEnvelope } from '@hushfield/crypto/envelope';
import { fingerprint } from '@hushfield/crypto/fingerprint';
import type { Scope, Sql } from '../db/sql.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { cardPlace } from '../tokens/seal-card.ts';
import { destroyFingerprints } from './destroy-keys.ts';
import {
  type CardRow,
  countBelow,
  fingerprintFrom,
  nextPortion,
  numbersBelow,
  noteFingerprintsDestroyed,
  putFingerprints,
  retireBelow,
  type Whose,
} from './fingerprint-store.ts';
import { type Rotating, waitForOlder } from './rotate-data-keys.ts';

const ROTATOR: Scope = { role: 'rotator' };
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
};

/**
 * Gives a tenant a new fingerprint key, and every token the fingerprint of its card under it. A rotation
 * that was cut off goes on where it was: when there is something to finish, no new key is made.
 *
 * The new key is on the disk before it is in force, so that a node which finds it may use it and one that
 * does not may go on. Once it is in force, no statement stores a fingerprint of an older one
 * (FINGERPRINT_IN_FORCE); those that had begun are waited for. Keys before are destroyed when no token
 * needs them. Nothing for a tenant whose keys are destroyed.
 */
export async function rotateFingerprints(
  vault: Rotating,
  tenant: string,
  progress: (line: string) => void,
): Promise<FingerprintRotation | undefined> {
  const newest = vault.keys.tenants.fingerprints(tenant).at(-1);
  const from = await fingerprintFrom(vault.sql.as('rotator'), tenant);
  if (newest?.wrapped === undefined || from === undefined) return undefined;
  let { number } = newest;
  if (from >= number) {
    const rest = await finish(vault, { tenant, number }, progress);
    if (rest.renewed + rest.destroyed > 0) return { tenant, number, ...rest };
    number += 1;
    const next = number;
    await aloneWithKeys(vault.sql, () => vault.keys.tenants.createFingerprint(tenant, next));
  }
  vault.keys.forget(tenant);
  const whose = { tenant, number };
  const at = new Date(vault.now());
  await vault.sql.transaction(ROTATOR, (sql) => retireBelow(sql, whose, at));
  return { ...whose, ...(await finish(vault, whose, progress)) };
}

type Finished = Pick<FingerprintRotation, 'renewed' | 'destroyed' | 'unreadable'>;

async function finish(
  vault: Rotating,
  whose: Whose,
  progress: (line: string) => void,
): Promise<Finished> {
  await waitForOlder(vault);
  let renewed = 0;
  for (let pass = 1; ; pass++) {
    const done = await onePass(vault, whose, progress);
    renewed += done.renewed;
    const { unreadable } = done;
    const left = await countBelow(vault.sql.as('rotator'), whose);
    if (left <= unreadable.length || pass === MOST_PASSES)
      return { renewed, unreadable, destroyed: await destroyOlder(vault, whose) };
    // The rest is locked by somebody: a change, a deletion, or another rotation.
    await sleep(PAUSE_MS);
  }
}

/**
 * All but those that a token needs, which for one card that does not open is one and not all since. No
 * statement stores a fingerprint of an older key by now, so that none can come to need one.
 */
async function destroyOlder(vault: Rotating, whose: Whose): Promise<number> {
  const kept = await numbersBelow(vault.sql.as('rotator'), whose);
  const destroyed = await destroyFingerprints(vault, whose.tenant, whose.number, kept);
  const at = new Date(vault.now());
  if (destroyed > 0)
    await vault.sql.transaction(ROTATOR, (sql) => noteFingerprintsDestroyed(sql, whose, kept, at));
  return destroyed;
}

/** One pass over the tokens, in portions of a transaction each. */
async function onePass(
  { sql, keys }: Rotating,
  whose: Whose,
  progress: (line: string) => void,
): Promise<{ readonly renewed: number; readonly unreadable: readonly string[] }> {
  const unreadable: string[] = [];
  let renewed = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const begin: string = after;
    const portion = await sql.transaction(ROTATOR, (inside) =>
      renewPortion(inside, keys, whose, begin),
    );
    renewed += portion.renewed;
    unreadable.push(...portion.unreadable);
    after = portion.next;
    if (portion.renewed > 0) progress(`${whose.tenant}: ${renewed} fingerprints`);
  }
  return { renewed, unreadable };
}

async function renewPortion(sql: Sql, keys: KeyStore, whose: Whose, after: string) {
  const rows = await nextPortion(sql, whose, after);
  // The newest: another rotation may have come after this one, and its number goes with its key.
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

/** The fingerprint of a card under the key in use; nothing where the card does not open. */
async function renewed(
  keys: KeyStore,
  { tenant }: Whose,
  { id, envelope }: CardRow,
  key: Uint8Array,
): Promise<string | undefined> {
  if (envelope === null) return undefined;
  try {
    const dataKey = await keys.dataKey(tenant, envelopeDataKeyId(envelope));
    const opened = openEnvelope(() => dataKey, cardPlace(tenant, id), envelope);
    const { number } = CardPlaintext.parse(JSON.parse(Buffer.from(opened).toString('utf8')));
    opened.fill(0);
    return fingerprint(key, number);
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
