import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DataKey } from '@hushfield/crypto/envelope';
import { importSigningSeed, type SigningKey } from '@hushfield/crypto/manifest';
import { type Clock, type Clocks, seconds } from '../clock.ts';
import type { CacheName } from '../operate/metrics.ts';
import { createOnce, destroyFile } from './durable-file.ts';
import { type Kek, KeysUnavailable } from './kek/kek.ts';
import { auditKeyFile, auditKeyFiles } from './audit-key-files.ts';
import { allOrWiped, type CacheCount, SecretCache } from './secret-cache.ts';
import { type SecretFile, secretFile, secretFiles, type SecretName } from './secret-files.ts';
import { findStored, readStored } from './stored.ts';
import { type FingerprintKey, TenantFiles } from './tenant-files.ts';

const KEY_BYTES = 32;
const ROOT_PUBLIC = 'offline-root/root.pub';

/** A key of the deployment, and since when it is the one in use, in unix seconds. */
export type DatedSecret = { readonly from: number; readonly key: Uint8Array };

/** What the cards of a tenant are sealed and recognised with. */
export type TenantKeys = {
  /** For new cards. */
  readonly pan: DataKey;
  readonly fingerprint: FingerprintKey;
};

/** The clocks that memories go by, and who counts what is asked of each. */
export type Memory = Clocks & {
  readonly counts?: (cache: CacheName) => CacheCount;
};

class NoSuchKey extends Error {}

const wipe = ({ key }: { readonly key: Uint8Array }) => void key.fill(0);

/**
 * The key store: a folder (0700) of files (0600), each a key wrapped under the KEK. It lies apart from
 * the database and its backups, and is kept for a shorter time than those: what was destroyed here
 * makes what it sealed unreadable in every copy. Every key is on the disk before its first use, so that
 * a power cut can lose an unused key but never a card.
 *
 * Keys are made only by the methods that say so, at the first start, with a tenant and in a rotation.
 * Reading never makes one: in the place of a lost key it would hide the loss, and seal cards under a
 * key that nobody knows of.
 *
 * What a reading method gives is to be used at once and not kept over another `await`: see SecretCache.
 * Each rejects with KeysUnavailable when the file or the KEK is not there.
 */
export class KeyStore {
  readonly folder: string;
  readonly kek: Kek;
  readonly tenants: TenantFiles;
  readonly #now: Clock;
  readonly #secrets: SecretCache<readonly DatedSecret[]>;
  readonly #tenantKeys: SecretCache<TenantKeys>;
  readonly #dataKeys: SecretCache<DataKey>;

  constructor(folder: string, kek: Kek, { now, steady, counts }: Memory) {
    this.folder = folder;
    this.kek = kek;
    this.tenants = new TenantFiles(folder, kek);
    this.#now = now;
    this.#secrets = new SecretCache(steady, (all) => all.forEach(wipe), counts?.('deployment'));
    const wipeBoth = ({ pan, fingerprint }: TenantKeys) => [pan, fingerprint].forEach(wipe);
    this.#tenantKeys = new SecretCache(steady, wipeBoth, counts?.('tenant'));
    this.#dataKeys = new SecretCache<DataKey>(steady, wipe, counts?.('data'));
  }

  /** The 32 bytes in use now: the same at every call, but for a rotation. */
  async secret(name: SecretName): Promise<Uint8Array> {
    return (await this.secretInUse(name)).key;
  }

  /** The same, and since when. */
  async secretInUse(name: SecretName): Promise<DatedSecret> {
    const all = await this.secrets(name);
    const inUse = all.findLast(({ from }) => from <= seconds(this.#now())) ?? all[0];
    if (inUse === undefined) throw new KeysUnavailable(`${name} is not there`);
    return inUse;
  }

  /** All that there are of that name, oldest first: the one before is still good for a while. */
  secrets(name: SecretName): Promise<readonly DatedSecret[]> {
    return this.#secrets.get(name, () => this.#loadSecrets(name));
  }

  /** The Ed25519 key of that name. `offline-root/root` would be offline in a live deployment. */
  async signingKey(
    name: 'audit' | 'manifest' | 'offline-root/root' | 'session',
  ): Promise<SigningKey> {
    return importSigningSeed(await this.secret(name));
  }

  /**
   * The public half of a root that lies here, which frames are told to trust in test mode: a file of its
   * own, so that nobody has to unwrap the root who only tells of it.
   */
  rootPublicKey(): Uint8Array {
    return readStored(join(this.folder, ROOT_PUBLIC), 'the public half of the root');
  }

  /** Writes that file, of a root that was just made or is of an older version. */
  async publishRoot(): Promise<void> {
    if (findStored(join(this.folder, ROOT_PUBLIC)) !== undefined) return;
    const { publicKey } = await this.signingKey('offline-root/root');
    createOnce(join(this.folder, ROOT_PUBLIC), publicKey);
  }

  /**
   * Writes the public half of every key that signs states of the audit log, each a file of its own that
   * outlives the key: what was signed under one that is destroyed must still be told from a forgery.
   */
  async publishAuditKeys(): Promise<void> {
    for (const { from, key } of await this.secrets('audit'))
      createOnce(auditKeyFile(this.folder, from), importSigningSeed(key).publicKey);
  }

  /** Those public halves, oldest first. */
  auditKeys(): Uint8Array[] {
    return auditKeyFiles(this.folder).map((file) => readStored(file, 'a public key of the log'));
  }

  /** The public half of every session key that there is: what was signed under any is genuine. */
  async sessionKeys(): Promise<Uint8Array[]> {
    return (await this.secrets('session')).map(({ key }) => importSigningSeed(key).publicKey);
  }

  /** The keys that new cards of a tenant are sealed and recognised with. */
  tenantKeys(tenant: string): Promise<TenantKeys> {
    return this.#tenantKeys.get(tenant, () => this.#loadTenantKeys(tenant));
  }

  /** The data key of an envelope, also of an earlier one; nothing for one that is destroyed or unknown. */
  async dataKey(tenant: string, id: string): Promise<DataKey | undefined> {
    try {
      return await this.#dataKeys.get(`${tenant}/${id}`, () => this.#loadDataKey(tenant, id));
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Makes a key of the deployment, in use from a time on; at the first start, from ever. */
  async createSecret(name: SecretName, from = 0): Promise<void> {
    const key = randomBytes(KEY_BYTES);
    const file = secretFile(name, from);
    try {
      createOnce(join(this.folder, file), await this.kek.wrap(file, key));
    } finally {
      key.fill(0);
    }
    this.#secrets.drop(name);
    // Of the key that lies there: another process may have been first.
    if (name === 'audit') await this.publishAuditKeys();
  }

  destroySecret(name: SecretName, from: number): void {
    destroyFile(join(this.folder, secretFile(name, from)));
    this.#secrets.drop(name);
  }

  /** Forgets what is in memory of a tenant: its keys have changed. */
  forget(tenant: string): void {
    this.#tenantKeys.drop(tenant);
    for (const { id } of this.tenants.dataKeys(tenant)) this.#dataKeys.drop(`${tenant}/${id}`);
  }

  /** Forgets unwrapped keys that are past their time. */
  sweep(): void {
    this.#secrets.sweep();
    this.#tenantKeys.sweep();
    this.#dataKeys.sweep();
  }

  /** Forgets them all, and ends what the driver of the KEK holds open. */
  close(): void {
    this.#secrets.clear();
    this.#tenantKeys.clear();
    this.#dataKeys.clear();
    this.kek.close();
  }

  async #loadSecrets(name: SecretName): Promise<readonly DatedSecret[]> {
    const load = async ({ from, file }: SecretFile) => {
      const key = await this.kek.unwrap(file, readStored(join(this.folder, file), file));
      return { from, key };
    };
    const files = secretFiles(this.folder, name);
    if (files.length === 0) throw new KeysUnavailable(`${name} is not there`);
    return allOrWiped(files.map(load), wipe);
  }

  async #loadDataKey(tenant: string, id: string): Promise<DataKey> {
    const stored = this.tenants.dataKeys(tenant).find((each) => each.id === id);
    // Not to be remembered: a store that nodes share may show a new key a moment late.
    if (stored?.wrapped === undefined) throw new NoSuchKey();
    return this.tenants.unwrap(tenant, stored);
  }

  async #loadTenantKeys(tenant: string): Promise<TenantKeys> {
    const current = this.tenants.dataKeys(tenant).at(-1);
    if (current === undefined) throw new KeysUnavailable('a tenant has no data key');
    const pan = this.tenants.unwrap(tenant, current);
    const fingerprint = this.tenants.fingerprint(tenant);
    await allOrWiped<{ readonly key: Uint8Array }>([pan, fingerprint], wipe);
    return { pan: await pan, fingerprint: await fingerprint };
  }
}
