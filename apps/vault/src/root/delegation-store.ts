import {
  type Delegation,
  type SignedDelegation,
  verifyDelegation,
} from '@hushfield/crypto/manifest';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { verifyEd25519 } from './verify-ed25519.ts';

const Stored = z.object({ delegation: z.string(), signature: z.string() });
/** A delegation a month: these are years. */
const MOST = 100;

/** A delegation that the root has signed: its words, and what they say. */
export type Installed = { readonly signed: SignedDelegation; readonly says: Delegation };

/** Which of them counts. */
export type DelegationTrust = {
  readonly root: Uint8Array;
  readonly env: 'test' | 'live';
  /** Unix seconds. */
  readonly now: number;
};

export async function insertDelegation(sql: Sql, signed: SignedDelegation, at: Date) {
  await sql.query(
    `INSERT INTO delegations (signature, delegation, installed_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING`,
    [signed.delegationSignature, signed.delegation, at],
  );
}

/**
 * The delegations in force, the one that ends last first. They lie in the database, which all nodes
 * share: a writer there can take them away, and cannot make one, since each is verified here.
 */
export async function delegationsInForce(sql: Sql, trust: DelegationTrust): Promise<Installed[]> {
  return inForce(await installedWords(sql, trust), trust);
}

/**
 * The word that frames need: of the key that signed the newest list, or else of the newest key that was
 * given any. A key before those may have a longer one; it signs no more, and has been destroyed.
 *
 * @param inUse - the delegation that the newest list carries, where there is a list.
 * @returns nothing when it is over, and frames refuse the newest list with it.
 */
export async function delegationInUse(
  sql: Sql,
  trust: DelegationTrust,
  inUse: string | undefined,
): Promise<Installed | undefined> {
  const all = await installedWords(sql, trust);
  const holding = inForce(all, trust);
  const current = all.find(({ signed }) => signed.delegation === inUse);
  for (const word of [current, all[0]]) {
    const longest = word && holding.find(({ says }) => isForKey(says, word.says.manifestKey));
    if (longest !== undefined) return longest;
  }
  return undefined;
}

const Overtaken = z.object({ later: z.boolean() });

/**
 * Whether a delegation is another root's, and was installed after our own: then our configuration is the
 * one that is behind. Without it, two workers of different roots would replace each other's list for ever.
 * Both must lie in the table word for word: a list that somebody has changed is no other root's.
 */
export async function isOvertaken(
  sql: Sql,
  root: Uint8Array,
  { own, other }: { readonly own: SignedDelegation; readonly other: SignedDelegation },
): Promise<boolean> {
  const isOurs = await verifyDelegation(other, root, verifyEd25519).then(
    () => true,
    () => false,
  );
  if (isOurs) return false;
  const [row] = await sql.query(
    `SELECT other.installed_at > own.installed_at AS later FROM delegations own, delegations other
     WHERE own.signature = $1 AND other.signature = $2 AND other.delegation = $3`,
    [own.delegationSignature, other.delegationSignature, other.delegation],
  );
  return row !== undefined && Overtaken.parse(row).later;
}

/** Whether a delegation speaks for a manifest key. */
export function isForKey({ manifestKey }: Delegation, publicKey: Uint8Array): boolean {
  return Buffer.from(publicKey).equals(manifestKey);
}

function inForce(all: readonly Installed[], { now }: DelegationTrust): Installed[] {
  return all
    .filter(({ says }) => says.nbf <= now && now < says.exp)
    .toSorted((a, b) => b.says.exp - a.says.exp);
}

/** All that the root has said for this mode, the last to be installed first. */
async function installedWords(sql: Sql, trust: DelegationTrust): Promise<Installed[]> {
  const rows = await sql.query(
    `SELECT delegation, signature FROM delegations ORDER BY installed_at DESC LIMIT ${MOST}`,
  );
  return (await Promise.all(rows.map((row) => verified(Stored.parse(row), trust)))).flat();
}

async function verified(
  { delegation, signature }: z.infer<typeof Stored>,
  { root, env }: DelegationTrust,
): Promise<Installed[]> {
  const signed = { delegation, delegationSignature: signature };
  const says = await verifyDelegation(signed, root, verifyEd25519).catch(() => undefined);
  return says?.env === env ? [{ signed, says }] : [];
}
