import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DataKey, generateDataKey, unwrapKey, wrapKey } from '@hushfield/crypto/envelope';
import { importSigningSeed, type SigningKey } from '@hushfield/crypto/manifest';
import type { Clock } from '../clock.ts';
import { StartError } from '../config.ts';
import { createOnce, readBytes } from './durable-file.ts';
import { SecretCache } from './secret-cache.ts';

const KEY_BYTES = 32;
const ID_BYTES = 16;

/** The KEK is gone or another: nothing new can be unwrapped until it is back. No restart is needed. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** Keys that a deployment has one of. */
export type SecretName = 'pepper' | 'ticket' | 'manifest' | 'offline-root/root';

/**
 * The development key store: a folder (0700) of files (0600), each a key wrapped under the KEK that
 * lies beside them. It is kept apart from the database and its backups; who has both has the cards,
 * which is why live mode refuses it. Every key is on the disk before its first use, so that a power
 * cut can lose an unused key but never a card.
 */
export class KeyDirectory {
  readonly folder: string;
  readonly #secrets: SecretCache<Uint8Array>;
  readonly #dataKeys: SecretCache<DataKey>;

  constructor(folder: string, now: Clock) {
    this.folder = folder;
    this.#secrets = new SecretCache(now, (bytes) => bytes.fill(0));
    this.#dataKeys = new SecretCache(now, (dataKey) => dataKey.key.fill(0));
    for (const part of ['', 'offline-root', 'receive', 'tenants']) {
      mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
      chmodSync(join(folder, part), 0o700);
    }
    this.#requireKek();
  }

  /** 32 bytes, the same at every call; made at the first. Not to be kept: see SecretCache. */
  secret(name: SecretName): Uint8Array {
    return this.#wrapped(name);
  }

  /** The Ed25519 key of that name. `offline-root/root` would be offline in a live deployment. */
  signingKey(name: 'manifest' | 'offline-root/root'): SigningKey {
    return importSigningSeed(this.#wrapped(name));
  }

  fingerprintKey(tenant: string): Uint8Array {
    return this.#wrapped(`tenants/${tenant}.fingerprint`);
  }

  /** The data key that new cards of a tenant are sealed under. */
  dataKey(tenant: string): DataKey {
    const name = dataKeyName(tenant);
    return this.#dataKeys.get(name, () => this.#loadDataKey(name));
  }

  /** Whether a tenant's data key is there already, without making one. */
  hasDataKey(tenant: string): boolean {
    return readBytes(join(this.folder, dataKeyName(tenant))) !== undefined;
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

  /** Makes the KEK of a new directory. Beside keys of an older one it would only hide the loss. */
  #requireKek(): void {
    const path = join(this.folder, 'kek');
    // Listed before the KEK is looked for: another starter may be making it, and keys after it.
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true });
    if (readBytes(path) !== undefined) return;
    if (entries.some((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))) {
      throw new StartError(`The key directory ${this.folder} has keys but no KEK; restore it.`);
    }
    createOnce(path, randomBytes(KEY_BYTES));
  }

  #kek(): Uint8Array {
    return this.#secrets.get('kek', () => {
      const kek = readBytes(join(this.folder, 'kek'));
      if (kek?.length !== KEY_BYTES) throw new KeysUnavailable('the KEK is not there');
      return kek;
    });
  }

  #wrapped(name: string): Uint8Array {
    const path = join(this.folder, name);
    return this.#secrets.get(name, () => {
      const stored = readBytes(path) ?? createOnce(path, this.wrap(name, randomBytes(KEY_BYTES)));
      return this.unwrap(name, stored);
    });
  }

  /** The id is stored in front of the wrapped key and is part of its label. */
  #loadDataKey(name: string): DataKey {
    const path = join(this.folder, name);
    const stored = readBytes(path) ?? createOnce(path, this.#newDataKey(name));
    const id = Buffer.from(stored.subarray(0, ID_BYTES)).toString('base64url');
    return { id, key: this.unwrap(`${name}/${id}`, stored.subarray(ID_BYTES)) };
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
