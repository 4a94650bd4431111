import { newApiKey } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';
import { hashNewKey } from './authenticate.ts';
import type { Vault } from '../vault.ts';
import { standsOnFieldsSite } from './fields-site.ts';
import {
  copyOrigins,
  endKey,
  insertKey,
  type NewKey,
  setOrigins,
  type StoredKey,
} from './tenant-store.ts';

/** Who makes or ends a key: an operator at the command line, or a key with the right to. */
export type Issuer = {
  readonly vault: Pick<Vault, 'keys' | 'now' | 'mode' | 'site'>;
  readonly actor: string;
  readonly requestId: string | null;
};

/** What a new key is to be; what it may do has the defaults of the table. */
export type KeyWish = Omit<NewKey, 'keyId' | 'hash' | 'pepperFrom'> & {
  readonly origins?: readonly string[];
  /** That the operator answers for the origins. */
  readonly proved?: boolean;
};

/** The key itself is here once, and nowhere else. */
export type IssuedKey = { readonly key: string; readonly keyId: string };

/**
 * Makes a key. In a transaction of the caller's, as all of these: key and entry are one act.
 *
 * @throws VaultError for an origin on the site of the fields: the next start would refuse to serve beside it.
 */
export async function issueKey(sql: Sql, issuer: Issuer, wish: KeyWish): Promise<IssuedKey> {
  if (standsOnFieldsSite(issuer.vault, wish.origins ?? []))
    throw new VaultError('origin_not_allowed');
  const issued = await insert(sql, issuer, wish);
  await note(sql, issuer, wish.tenant, 'key.create', issued.keyId);
  return issued;
}

/**
 * Makes a key in the place of another, which goes on working for a while: a backend changes over
 * without a moment in which neither holds.
 *
 * @param overlapMs - how long both hold; 0 ends the old one at once.
 * @returns nothing when the old key had ended already.
 */
export async function rollKey(
  sql: Sql,
  issuer: Issuer,
  old: StoredKey,
  overlapMs: number,
): Promise<IssuedKey | undefined> {
  const now = issuer.vault.now();
  if (!(await endKey(sql, old, new Date(now + overlapMs), new Date(now)))) return undefined;
  // Its own end, not that which the roll has just given to the old one.
  const issued = await insert(sql, issuer, { ...old, rolledFrom: old.keyId, origins: [] });
  await copyOrigins(sql, old, issued.keyId);
  await note(sql, issuer, old.tenant, 'key.roll', old.keyId);
  return issued;
}

/** Ends a key. False when it had ended already. */
export async function revokeKey(
  sql: Sql,
  issuer: Issuer,
  tenant: string,
  keyId: string,
): Promise<boolean> {
  const now = new Date(issuer.vault.now());
  const ended = await endKey(sql, { tenant, keyId }, now, now);
  if (ended) await note(sql, issuer, tenant, 'key.revoke', keyId);
  return ended;
}

async function insert(sql: Sql, { vault }: Issuer, wish: KeyWish): Promise<IssuedKey> {
  const issued = newApiKey(wish.kind, wish.mode);
  const at = new Date(vault.now());
  const hashed = await hashNewKey(vault, issued.key);
  await insertKey(sql, { ...wish, keyId: issued.keyId, ...hashed }, at);
  const owned = { tenant: wish.tenant, keyId: issued.keyId };
  const { origins = [], proved = false } = wish;
  if (origins.length > 0) await setOrigins(sql, owned, origins, at, proved);
  return issued;
}

async function note(sql: Sql, issuer: Issuer, tenant: string, action: string, keyId: string) {
  const { vault, actor, requestId } = issuer;
  const at = new Date(vault.now());
  await insertAudit(sql, { tenant, at, actor, action, resource: keyId, outcome: 'ok', requestId });
}
