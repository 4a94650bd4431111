import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kidOf } from '@hushfield/crypto/manifest';
import { generateReceiveSeed, importReceiveSeed, type ReceiveSecret } from '@hushfield/crypto/open';
import { type Clock, seconds } from '../clock.ts';
import { createOnce, destroyFile } from './durable-file.ts';
import type { KeyStore, Memory } from './key-store.ts';
import { isOver, type Window } from './receive-schedule.ts';
import { readStored, unlessGone } from './stored.ts';
import { SecretCache } from './secret-cache.ts';

const FILE = /^(?<nbf>\d{1,12})\.(?<exp>\d{1,12})\.(?<kid>[\w-]{22})$/;
/**
 * Asking must not make the vault read its folder at the asker's pace: so long may a node not know of a key that
 * another has just made.
 */
export const RESCAN_MS = 1_000;

export type ReceiveKey = Window & { readonly kid: string };

/** The receive keys in the key store: one wrapped seed a file, named by its window and kid. */
export class ReceiveKeys {
  readonly #store: KeyStore;
  readonly #folder: string;
  readonly #now: Clock;
  readonly #steady: Clock;
  readonly #secrets: SecretCache<ReceiveSecret>;
  #known = new Map<string, ReceiveKey>();
  #scannedAt = Number.NEGATIVE_INFINITY;

  constructor(store: KeyStore, { now, steady, counts }: Memory) {
    this.#store = store;
    this.#folder = join(store.folder, 'receive');
    this.#now = now;
    this.#steady = steady;
    // The halves are native objects, which zero their own memory when nothing names them any more.
    this.#secrets = new SecretCache(steady, () => {}, counts?.('receive'));
  }

  /** All keys whose seed is still there, oldest first. */
  list(): ReceiveKey[] {
    return readdirSync(this.#folder)
      .flatMap(parseName)
      .toSorted((a, b) => a.nbf - b.nbf);
  }

  async create(window: Window): Promise<ReceiveKey> {
    const seed = generateReceiveSeed();
    const kid = kidOf(importReceiveSeed(seed).publicKey);
    const key = { ...window, kid };
    createOnce(this.#path(key), await this.#store.kek.wrap(labelOf(key), seed));
    seed.fill(0);
    return key;
  }

  /** The key to open with, or nothing for a kid that is unknown or whose time is over. */
  async find(kid: string): Promise<ReceiveSecret | undefined> {
    const key = this.#lookup(kid);
    if (key === undefined || isOver(key, seconds(this.#now()))) return undefined;
    return this.secretOf(key);
  }

  /** @throws KeysUnavailable when the seed is not there. */
  secretOf(key: ReceiveKey): Promise<ReceiveSecret> {
    return this.#secrets.get(key.kid, () => this.#load(key));
  }

  /** Gives a key an earlier end. Its seed is there under the new name before the old one goes. */
  async endEarly(key: ReceiveKey, exp: number): Promise<void> {
    const ended = { ...key, exp };
    const blob = readStored(this.#path(key), 'a receive seed');
    const seed = await this.#store.kek.unwrap(labelOf(key), blob);
    createOnce(this.#path(ended), await this.#store.kek.wrap(labelOf(ended), seed));
    seed.fill(0);
    this.destroy(key);
  }

  destroy(key: ReceiveKey): void {
    this.#secrets.drop(key.kid);
    this.#known.delete(key.kid);
    destroyFile(this.#path(key));
  }

  /**
   * Forgets what is past its time in memory, and above all every secret whose key is over or was destroyed,
   * by whatever node: nobody asks for those any more.
   */
  sweep(): void {
    this.#rescan();
    const now = seconds(this.#now());
    for (const key of this.#known.values()) if (isOver(key, now)) this.#secrets.drop(key.kid);
    this.#secrets.sweep();
  }

  /** Forgets them all. */
  close(): void {
    this.#secrets.clear();
  }

  /** At most a second old: a seed that was destroyed in a hurry must not live on in a node's memory. */
  #lookup(kid: string): ReceiveKey | undefined {
    if (this.#steady() - this.#scannedAt >= RESCAN_MS) this.#rescan(kid);
    return this.#known.get(kid);
  }

  /** @param kid - the one that is wanted, if any. */
  #rescan(kid?: string): void {
    this.#scannedAt = this.#steady();
    const found = this.#listUnlessGone(kid);
    for (const known of this.#known.keys()) if (!found.has(known)) this.#secrets.drop(known);
    this.#known = found;
  }

  /** A store that went away takes no key along that is in memory. */
  #listUnlessGone(kid: string | undefined): Map<string, ReceiveKey> {
    try {
      return new Map(unlessGone(() => this.list()).map((key) => [key.kid, key]));
    } catch (error) {
      if (kid === undefined || this.#known.has(kid)) return this.#known;
      throw error;
    }
  }

  async #load(key: ReceiveKey): Promise<ReceiveSecret> {
    const blob = readStored(this.#path(key), 'a receive seed');
    const seed = await this.#store.kek.unwrap(labelOf(key), blob);
    const secret = importReceiveSeed(seed);
    seed.fill(0);
    return secret;
  }

  #path(key: ReceiveKey): string {
    return join(this.#folder, `${key.nbf}.${key.exp}.${key.kid}`);
  }
}

function labelOf(key: ReceiveKey): string {
  return `receive/${key.kid}/${key.nbf}/${key.exp}`;
}

/** What the seed in a file of this name is wrapped for; nothing for another file. */
export function labelOfReceiveFile(name: string): string | undefined {
  return parseName(name).map(labelOf).at(0);
}

function parseName(name: string): ReceiveKey[] {
  const { nbf, exp, kid } = FILE.exec(name)?.groups ?? {};
  if (nbf === undefined || exp === undefined || kid === undefined) return [];
  return [{ nbf: Number(nbf), exp: Number(exp), kid }];
}
