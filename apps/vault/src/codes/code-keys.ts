import { type DataKey, generateDataKey } from '@hushfield/crypto/envelope';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/sql.ts';
import type { Kek } from '../keys/kek/kek.ts';
import type { Memory } from '../keys/key-store.ts';
import { SecretCache } from '../keys/secret-cache.ts';
import { type CodeKeyRow, findCodeKey, insertCodeKey } from './code-key-store.ts';

const HOUR_MS = 60 * 60 * 1000;
/** A code lives an hour at most; so the last one under an hour's key is over an hour after it. */
export const CODE_KEY_LIFE_MS = 2 * HOUR_MS;

/** A key for security codes, and when it is destroyed with all that lies under it. */
export type CodeKey = DataKey & { readonly endsAt: number };

/**
 * Keys for security codes: one an hour, made by the first node that needs it and read by the others. It
 * lies wrapped in an UNLOGGED table and nowhere else, so that a crash of the database, or two hours, leaves
 * nothing to open a code with, whoever has copied it.
 *
 * At the turn of an hour a node goes on with the key it holds for up to five minutes, as with every key
 * (SecretCache): no shopper waits for the KEK then, nor meets an outage of it sooner than at another time.
 */
export class CodeKeys {
  readonly #sql: Database;
  readonly #kek: Kek;
  readonly #now: Clock;
  readonly #cache: SecretCache<CodeKey>;

  constructor(sql: Database, kek: Kek, { now, steady, counts }: Memory) {
    this.#sql = sql;
    this.#kek = kek;
    this.#now = now;
    this.#cache = new SecretCache(steady, ({ key }) => void key.fill(0), counts?.('code'));
  }

  /**
   * The one to seal under: to be used at once, and not kept over another `await`.
   *
   * @throws KeysUnavailable when the KEK is not there.
   */
  current(): Promise<CodeKey> {
    return this.#cache.get('current', () => this.#load());
  }

  /**
   * The one that a stored code lies under: to be used at once, as every other.
   *
   * @throws KeysUnavailable when the KEK is not there.
   */
  of({ id, hour, wrapped }: CodeKeyRow): Promise<CodeKey> {
    return this.#cache.get(id, async () => {
      const key = await this.#kek.unwrap(codeKeyLabel(id, hour), wrapped);
      return { id, key, endsAt: hour.getTime() + CODE_KEY_LIFE_MS };
    });
  }

  /** Forgets the key in memory: its row is gone, and nothing can be stored under it. */
  forget(): void {
    this.#cache.drop('current');
  }

  /** Forgets what is past its time. */
  sweep(): void {
    this.#cache.sweep();
  }

  /** Forgets them all. */
  close(): void {
    this.#cache.clear();
  }

  async #load(): Promise<CodeKey> {
    const hour = new Date(Math.floor(this.#now() / HOUR_MS) * HOUR_MS);
    const sql = this.#sql.as('api');
    const { id, wrapped } = (await findCodeKey(sql, hour)) ?? (await this.#create(hour));
    const key = await this.#kek.unwrap(codeKeyLabel(id, hour), wrapped);
    return { id, key, endsAt: hour.getTime() + CODE_KEY_LIFE_MS };
  }

  async #create(hour: Date): Promise<CodeKeyRow> {
    const { id, key } = generateDataKey();
    const wrapped = await this.#kek.wrap(codeKeyLabel(id, hour), key);
    key.fill(0);
    return insertCodeKey(this.#sql.as('api'), { hour, id, wrapped });
  }
}

/** What a code key is wrapped for: its id and hour, so that neither can be given to another. */
export function codeKeyLabel(id: string, hour: Date): string {
  return `code-key/${id}/${hour.toISOString()}`;
}
