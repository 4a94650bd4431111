import { newApiKey } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import type { Action } from '../audit/catalogue.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';
import { hashNewKey } from './authenticate.ts';
import type { Vault } from '../vault.ts';
import { standsOnFieldsSite } from './fields-site.ts';
import {
  addOrigins,
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
  /** Where it asks from; nothing for an operator. */
  readonly address?: string;
};

/** What a new key is to be; what it may do has the defaults of the table. */
export type KeyWish = Omit<NewKey, 'keyId' | 'hash' | 'pepperFrom'> & {
  readonly origins?: readonly string[];
  /** That the operator answers for the origins. */
  readonly proved?: boolean;
};

/** Kind and mode are those of the minted key. */
type Wished = Omit<KeyWish, 'kind' | 'mode'>;

/** The key itself is here once, and nowhere else. */
export type IssuedKey = { readonly key: string; readonly keyId: string };

/** A key that nobody holds yet, and what is to be stored of it. */
export type MintedKey = IssuedKey & Pick<NewKey, 'kind' | 'mode' | 'hash' | 'pepperFrom'>;

/** Makes a key to be stored. Outside of a transaction: the pepper may have to wait for the KEK. */
export async function mintKey(
  vault: Issuer['vault'],
  { kind, mode }: Pick<KeyWish, 'kind' | 'mode'>,
): Promise<MintedKey> {
  const issued = newApiKey(kind, mode);
  return { ...issued, kind, mode, ...(await hashNewKey(vault, issued.key)) };
}

/**
 * Stores a key. In a transaction of the caller's, as all of these: key and entry are one act.
 *
 * @throws VaultError for an origin on the site of the fields: the next start would refuse to serve beside it.
 */
export async function issueKey(
  sql: Sql,
  issuer: Issuer,
  wish: Wished,
  minted: MintedKey,
): Promise<IssuedKey> {
  if (standsOnFieldsSite(issuer.vault, wish.origins ?? []))
    throw VaultError.because('origin_not_allowed', 'origin_unknown');
  await insert(sql, issuer, wish, minted);
  await note(sql, issuer, wish.tenant, 'key.create', minted.keyId);
  return issued(minted);
}

/**
 * Makes a key in the place of another, which goes on working for a while: a backend changes over
 * without a moment in which neither holds.
 *
 * In the tenant's own rows: the transaction must name it.
 *
 * @param overlapMs - how long both hold; 0 ends the old one at once.
 * @returns nothing when the old key had ended already.
 */
export async function rollKey(
  sql: Sql,
  issuer: Issuer,
  old: StoredKey,
  minted: MintedKey,
  overlapMs: number,
): Promise<IssuedKey | undefined> {
  const now = issuer.vault.now();
  if (!(await endKey(sql, old, new Date(now + overlapMs), new Date(now)))) return undefined;
  // Its own end, not that which the roll has just given to the old one.
  await insert(sql, issuer, { ...old, rolledFrom: old.keyId, origins: [] }, minted);
  await copyOrigins(sql, minted.keyId);
  await note(sql, issuer, old.tenant, 'key.roll', old.keyId);
  return issued(minted);
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

async function insert(
  sql: Sql,
  { vault }: Issuer,
  { origins = [], proved = false, ...wish }: Wished,
  { keyId, kind, mode, hash, pepperFrom }: MintedKey,
): Promise<void> {
  const at = new Date(vault.now());
  await insertKey(sql, { ...wish, keyId, kind, mode, hash, pepperFrom }, at);
  const owned = { tenant: wish.tenant, keyId };
  if (origins.length > 0) await (proved ? setOrigins : addOrigins)(sql, owned, origins, at);
}

function issued({ key, keyId }: MintedKey): IssuedKey {
  return { key, keyId };
}

async function note(sql: Sql, issuer: Issuer, tenant: string, action: Action, keyId: string) {
  const { vault, actor, requestId, address: origin = null } = issuer;
  const at = new Date(vault.now());
  const act = { tenant, at, actor, action, resource: keyId, outcome: 'ok', origin, requestId };
  await insertAudit(sql, act);
}
