import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DataKey, generateDataKey } from '@hushfield/crypto/envelope';
import { createOnce, destroyFile, destroyLeaving, hasDrafts, moveFile } from './durable-file.ts';
import { type Kek, KeysUnavailable } from './kek/kek.ts';
import { findStored } from './stored.ts';

const KEY_BYTES = 32;
const ID_BYTES = 16;
const DRAFT = '.draft';

/** A data key as it lies in the key store. */
export type StoredDataKey = {
  /** Counts up from 1; the last is the one to seal under. */
  readonly number: number;
  readonly id: string;
  /** Nothing once it is destroyed. */
  readonly wrapped: Uint8Array | undefined;
};

/** A fingerprint key as it lies in the key store. */
type StoredFingerprint = Omit<StoredDataKey, 'id'>;

/** What cards of a tenant are recognised with. */
export type FingerprintKey = { readonly number: number; readonly key: Uint8Array };

/**
 * The files of tenants' keys: fingerprint keys and data keys, both by number. A data key's id stands in
 * front of its wrapped bytes and is part of their label. Of a destroyed one only the id is left, of a
 * fingerprint key an empty file, so that nobody takes what was done for what was lost.
 */
export class TenantFiles {
  readonly #folder: string;
  readonly #kek: Kek;

  constructor(folder: string, kek: Kek) {
    this.#folder = folder;
    this.#kek = kek;
  }

  /** All that a tenant has had, oldest first. */
  dataKeys(tenant: string): StoredDataKey[] {
    return dataKeysIn(this.#folder, tenant);
  }

  /** All that a tenant has had, oldest first. */
  fingerprints(tenant: string): StoredFingerprint[] {
    const found: StoredFingerprint[] = [];
    for (let number = 1; ; number++) {
      const bytes = findStored(this.#path(fingerprintName(tenant, number)));
      if (bytes === undefined) return found;
      found.push({ number, wrapped: bytes.length > 0 ? bytes : undefined });
    }
  }

  hasFingerprint(tenant: string): boolean {
    return this.fingerprints(tenant).at(-1)?.wrapped !== undefined;
  }

  /** Whether a data key was destroyed here, and not lost. */
  isDestroyed(tenant: string, id: string): boolean {
    return this.dataKeys(tenant).some((each) => each.id === id && each.wrapped === undefined);
  }

  async unwrap(tenant: string, { number, id, wrapped }: StoredDataKey): Promise<DataKey> {
    if (wrapped === undefined) throw new KeysUnavailable('the data key is destroyed');
    return { id, key: await this.#kek.unwrap(labelOf(dataKeyName(tenant, number), id), wrapped) };
  }

  /** The newest, which new cards are recognised with. */
  async fingerprint(tenant: string): Promise<FingerprintKey> {
    const newest = this.fingerprints(tenant).at(-1);
    if (newest?.wrapped === undefined) throw new KeysUnavailable('a fingerprint key is not there');
    const { number, wrapped } = newest;
    return { number, key: await this.#kek.unwrap(fingerprintName(tenant, number), wrapped) };
  }

  /** Makes the keys of a new tenant, and says which data key is its first. */
  async create(tenant: string): Promise<string> {
    await this.createFingerprint(tenant, 1);
    return this.createDataKey(tenant, 1);
  }

  /** Makes the fingerprint key of a number; whoever is first makes it. */
  async createFingerprint(tenant: string, number: number): Promise<void> {
    const key = randomBytes(KEY_BYTES);
    const name = fingerprintName(tenant, number);
    createOnce(this.#path(name), await this.#kek.wrap(name, key));
    key.fill(0);
  }

  /** Makes the data key of a number; whoever is first makes it, and all get its id. */
  createDataKey(tenant: string, number: number): Promise<string> {
    return this.#newDataKey(tenant, number, dataKeyName(tenant, number));
  }

  /** Makes a data key where nobody finds it yet. */
  draftDataKey(tenant: string, number: number): Promise<string> {
    return this.#newDataKey(tenant, number, `${dataKeyName(tenant, number)}${DRAFT}`);
  }

  hasDraft(tenant: string): boolean {
    const number = this.dataKeys(tenant).length + 1;
    return existsSync(this.#path(`${dataKeyName(tenant, number)}${DRAFT}`));
  }

  /**
   * Puts a draft where all find it: from then on it is the one to seal under.
   *
   * @throws KeysUnavailable when another key has that number: to go on would retire all but one that is not there.
   */
  publishDraft(tenant: string, number: number, id: string): void {
    const path = this.#path(dataKeyName(tenant, number));
    if (findStored(path) === undefined && holds(`${path}${DRAFT}`, id))
      moveFile(`${path}${DRAFT}`, path);
    if (!holds(path, id)) throw new KeysUnavailable('another data key has its number');
  }

  /** Ends data keys that nobody has found yet. */
  destroyDrafts(tenant: string): void {
    const numbers = this.dataKeys(tenant).map(({ number }) => number);
    for (const number of [...numbers, numbers.length + 1]) {
      const path = this.#path(`${dataKeyName(tenant, number)}${DRAFT}`);
      if (existsSync(path)) destroyFile(path);
    }
  }

  async #newDataKey(tenant: string, number: number, name: string): Promise<string> {
    const { id, key } = generateDataKey();
    const wrapped = await this.#kek.wrap(labelOf(dataKeyName(tenant, number), id), key);
    key.fill(0);
    const stored = createOnce(
      this.#path(name),
      Buffer.concat([Buffer.from(id, 'base64url'), wrapped]),
    );
    return idIn(stored);
  }

  /** Ends a data key: what it sealed is unreadable from now on, in every copy. */
  destroyDataKey(tenant: string, { number, id }: StoredDataKey): void {
    const path = this.#path(dataKeyName(tenant, number));
    destroyLeaving(path, Buffer.from(id, 'base64url'));
  }

  /** Ends a fingerprint key: nobody can tell any more which card a fingerprint was of. */
  destroyFingerprint(tenant: string, number: number): void {
    destroyLeaving(this.#path(fingerprintName(tenant, number)), new Uint8Array(0));
  }

  /** Whether the end of a fingerprint key was cut off: its file is empty, and its bytes still lie beside it. */
  isHalfDestroyed(tenant: string, { number, wrapped }: StoredFingerprint): boolean {
    return wrapped === undefined && hasDrafts(this.#path(fingerprintName(tenant, number)));
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** All data keys that a tenant has had in a store, oldest first. */
export function dataKeysIn(folder: string, tenant: string): StoredDataKey[] {
  const found: StoredDataKey[] = [];
  for (let number = 1; ; number++) {
    const bytes = findStored(join(folder, dataKeyName(tenant, number)));
    if (bytes === undefined) return found;
    const wrapped = bytes.length > ID_BYTES ? bytes.subarray(ID_BYTES) : undefined;
    found.push({ number, id: idIn(bytes), wrapped });
  }
}

/** Whether a store has a data key, has had it, or is about to. */
export function knowsDataKey(folder: string, tenant: string, id: string): boolean {
  const all = dataKeysIn(folder, tenant);
  const draft = join(folder, `${dataKeyName(tenant, all.length + 1)}${DRAFT}`);
  return all.some((each) => each.id === id) || holds(draft, id);
}

const FILE = /^ten_[0-9A-Za-z]{22}\.(?<kind>fingerprint(?:\.\d{4})?|pan\.\d{4})(?:\.draft)?$/;

/** What the key in a file of this name is wrapped for; nothing for another file, or a destroyed key. */
export function labelOfTenantFile(
  path: string,
  name: string,
): { readonly prefix: number; readonly label: string } | undefined {
  const kind = FILE.exec(name)?.groups?.kind;
  if (kind === undefined) return undefined;
  const bytes = findStored(path);
  if (kind.startsWith('fingerprint'))
    return bytes?.length ? { prefix: 0, label: `tenants/${name}` } : undefined;
  if (bytes === undefined || bytes.length <= ID_BYTES) return undefined;
  return { prefix: ID_BYTES, label: labelOf(`tenants/${name.replace(DRAFT, '')}`, idIn(bytes)) };
}

function dataKeyName(tenant: string, number: number): string {
  return `tenants/${tenant}.pan.${String(number).padStart(4, '0')}`;
}

/** What a data key is wrapped for: its place and its id, so that neither can be given to another. */
function labelOf(name: string, id: string): string {
  return `${name}/${id}`;
}

function holds(path: string, id: string): boolean {
  const bytes = findStored(path);
  return bytes !== undefined && idIn(bytes) === id;
}

function idIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, ID_BYTES)).toString('base64url');
}

/** The first has no number in its name. */
function fingerprintName(tenant: string, number: number): string {
  const name = `tenants/${tenant}.fingerprint`;
  return number === 1 ? name : `${name}.${String(number).padStart(4, '0')}`;
}
