import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type DataKey, generateDataKey, unwrapKey, wrapKey } from '@hushfield/crypto/envelope';
import { importSigningSeed, type SigningKey } from '@hushfield/crypto/manifest';
import type { Clock } from '../clock.ts';
import { createOnce, readBytes } from './durable-file.ts';
import { SecretCache } from './secret-cache.ts';

export const KEY_BYTES = 32;
const ID_BYTES = 16;

/** The KEK or a key is gone, or another: what needs it waits until it is back. No restart is needed. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Keys that a deployment has one of. */
export const SECRET_NAMES = ['pepper', 'ticket', 'manifest', 'offline-root/root'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/**
 * The development key store: a folder (0700) of files (0600), each a key wrapped under the KEK that
 * lies beside them. It is kept apart from the database and its backups; who has both has the cards,
 * which is why live mode refuses it. Every key is on the disk before its first use, so that a power
 * cut can lose an unused key but never a card.
 *
 * Keys are made only by the two methods that say so, at the first start and with a tenant. Reading
 * never makes one: in the place of a lost key it would hide the loss, and seal cards under a key
 * that nobody knows of.
 */
export class KeyDirectory {
  readonly folder: string;
  readonly #secrets: SecretCache<Uint8Array>;
  readonly #dataKeys: SecretCache<DataKey>;

  constructor(folder: string, now: Clock) {
    this.folder = folder;
    this.#secrets = new SecretCache(now, (bytes) => bytes.fill(0));
    this.#dataKeys = new SecretCache(now, (dataKey) => dataKey.key.fill(0));
  }

  /**
   * 32 bytes, the same at every call. Not to be kept: see SecretCache.
   *
   * @throws KeysUnavailable, as every reading method does, when the file or the KEK is not there.
   */
  secret(name: SecretName): Uint8Array {
    return this.#wrapped(name);
  }

  /** The Ed25519 key of that name. `offline-root/root` would be offline in a live deployment. */
  signingKey(name: 'manifest' | 'offline-root/root'): SigningKey {
    return importSigningSeed(this.#wrapped(name));
  }

  fingerprintKey(tenant: string): Uint8Array {
    return this.#wrapped(fingerprintName(tenant));
  }

  /** The data key that new cards of a tenant are sealed under. */
  dataKey(tenant: string): DataKey {
    const name = dataKeyName(tenant);
    return this.#dataKeys.get(name, () => this.#loadDataKey(name));
  }

  /** Whether the keys of a tenant lie on the disk. */
  hasTenantKeys(tenant: string): boolean {
    const names = [fingerprintName(tenant), dataKeyName(tenant)];
    return names.every((name) => readBytes(join(this.folder, name)) !== undefined);
  }

  /** Makes a key of the deployment where there is none. For the first start only. */
  createSecret(name: SecretName): void {
    this.#create(name);
  }

  /** Makes the keys of a new tenant. */
  createTenantKeys(tenant: string): void {
    this.#create(fingerprintName(tenant));
    const name = dataKeyName(tenant);
    createOnce(join(this.folder, name), this.#newDataKey(name));
  }

  wrap(label: string, key: Uint8Array): Uint8Array {
    return wrapKey(this.#kek(), label, key);
  }

  unwrap(label: string, blob: Uint8Array): Uint8Array {
    try {
      return Uint8Array.from(unwrapKey(this.#kek(), label, blob));
    } catch {
      throw new KeysUnavailable(`cannot unwrap ${label}`);
    }
  }

  /** Forgets unwrapped keys that are past their time. */
  sweep(): void {
    this.#secrets.sweep();
    this.#dataKeys.sweep();
  }

  #kek(): Uint8Array {
    return this.#secrets.get('kek', () => {
      const kek = this.#stored('kek');
      if (kek.length !== KEY_BYTES) throw new KeysUnavailable('the KEK is not one');
      return kek;
    });
  }

  #wrapped(name: string): Uint8Array {
    return this.#secrets.get(name, () => this.unwrap(name, this.#stored(name)));
  }

  /** The id is stored in front of the wrapped key and is part of its label. */
  #loadDataKey(name: string): DataKey {
    const stored = this.#stored(name);
    const id = Buffer.from(stored.subarray(0, ID_BYTES)).toString('base64url');
    return { id, key: this.unwrap(`${name}/${id}`, stored.subarray(ID_BYTES)) };
  }

  /** A volume that went away may answer with any error; all mean that the key is not there now. */
  #stored(name: string): Uint8Array {
    const path = join(this.folder, name);
    let bytes: Uint8Array | undefined;
    try {
      bytes = readBytes(path);
    } catch (cause) {
      throw new KeysUnavailable(`cannot read ${name}`, { cause });
    }
    if (bytes === undefined) throw new KeysUnavailable(`${name} is not there`);
    return bytes;
  }

  #create(name: string): void {
    const key = randomBytes(KEY_BYTES);
    createOnce(join(this.folder, name), this.wrap(name, key));
    key.fill(0);
  }

  #newDataKey(name: string): Uint8Array {
    const { id, key } = generateDataKey();
    const wrapped = this.wrap(`${name}/${id}`, key);
    key.fill(0);
    return Buffer.concat([Buffer.from(id, 'base64url'), wrapped]);
  }
}

function dataKeyName(tenant: string): string {
  return `tenants/${tenant}.pan.0001`;
}

function fingerprintName(tenant: string): string {
  return `tenants/${tenant}.fingerprint`;
}
