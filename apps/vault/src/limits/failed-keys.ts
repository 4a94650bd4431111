import { createHash } from 'node:crypto';
import { addressBlock } from '../app/address-block.ts';
import { ShortCache } from '../app/short-cache.ts';
import { SHORT_WAIT, SlidingWindow } from '../app/sliding-window.ts';
import { VaultError } from '../app/vault-error.ts';
import type { Vault } from '../vault.ts';

/** An hour from the last time on: a backend at work asks more often. */
const GOOD = { lifeMs: 3_600_000, max: 10_000 };

/** How a key is looked up, and whether what was found may be here at all. */
export type Look<K> = {
  readonly find: () => Promise<K | undefined>;
  readonly belongs: (key: K) => boolean;
};

/**
 * How many keys that are none a block of addresses may have looked up by this node. The check digits of a key need no
 * secret: whoever writes well-formed ones would have a transaction and an HMAC for each pepper from us with each
 * request, for as long as he likes, and a database that answers nobody else.
 *
 * When a block has spent its share, only what was good here from that block within the hour is looked up, so that
 * nobody is locked out by a neighbour. Remembered are whole keys, as hashes: ids are no secret, and one
 * that is good would else let a flood of wrong secrets through.
 */
export class FailedKeys {
  readonly #failed: SlidingWindow;
  readonly #good: ShortCache<true>;
  /** Unknown keys being looked up: a backend that starts sends many requests at once, and fails with none. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #hits: Vault['metrics']['http']['limits'];

  constructor(
    {
      failedKeysPerMinute,
      steady,
      metrics,
    }: Pick<Vault, 'failedKeysPerMinute' | 'steady' | 'metrics'>,
    good = GOOD,
  ) {
    this.#failed = new SlidingWindow(failedKeysPerMinute, steady);
    this.#good = new ShortCache(good, steady);
    this.#hits = metrics.http.limits;
  }

  /** @throws VaultError `rate_limited` when the block has spent its share, and the key is not known to be good. */
  async guard<K>(address: string, presented: string, look: Look<K>): Promise<K | undefined> {
    const block = addressBlock(address);
    const id = createHash('sha256').update(`${block}\0${presented}`).digest('base64');
    const first = this.#good.find(id) === undefined ? this.#underWay.get(id) : undefined;
    if (first !== undefined) await first;
    return this.#good.find(id) === undefined
      ? this.#try(block, id, look)
      : this.#lookAgain(block, id, look);
  }

  /** Taken before it is looked up and given back after: all that come at once would else find something left. */
  async #try<K>(block: string, id: string, look: Look<K>): Promise<K | undefined> {
    if (!this.#failed.take(block)) {
      this.#hits.add({ limit: 'key/address', cause: 'spent' });
      throw VaultError.because('rate_limited', 'limit_keys', { retryAfter: SHORT_WAIT });
    }
    const found = this.#find(block, id, look);
    const settled = found.then(
      () => {},
      () => {},
    );
    if (!this.#underWay.has(id)) this.#underWay.set(id, settled);
    try {
      return await found;
    } finally {
      if (this.#underWay.get(id) === settled) this.#underWay.delete(id);
    }
  }

  async #find<K>(block: string, id: string, { find, belongs }: Look<K>): Promise<K | undefined> {
    let hasFailed = false;
    try {
      const key = await find();
      hasFailed = key === undefined || !belongs(key);
      if (!hasFailed) this.#remember(id);
      return key;
    } finally {
      // A database that is away is nobody's failure.
      if (!hasFailed) this.#failed.giveBack(block);
    }
  }

  async #lookAgain<K>(block: string, id: string, { find }: Look<K>): Promise<K | undefined> {
    const key = await find();
    if (key !== undefined) {
      this.#remember(id);
      return key;
    }
    // It has ended: from now on it counts like any other.
    this.#good.drop(id, true);
    this.#failed.take(block);
    return undefined;
  }

  /** Anew each time: the hour begins again, and the oldest is who has not come for longest. */
  #remember(id: string): void {
    this.#good.drop(id, true);
    this.#good.get(id, () => true);
  }
}
