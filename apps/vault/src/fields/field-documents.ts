import { FieldBoot } from '@hushfield/contract/boot';
import { ShortCache } from '../app/short-cache.ts';
import { type Clock, type Clocks, seconds } from '../clock.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import { bootScript } from './boot-script.ts';
import { compressNow, type Encoding } from './compressed.ts';
import type { Document } from './frame-dist.ts';

// The `now` inside may be this old. Browsers keep the document for a minute anyway.
const BOUNDS = { lifeMs: 5_000, max: 600 };

/**
 * Finished field documents. Compressing is the costliest thing a stranger can ask for without a
 * ticket, so each key's document is made once in five seconds, however often it is asked for.
 */
export class FieldDocuments {
  readonly #document: Document;
  readonly #now: Clock;
  readonly #made: ShortCache<Buffer>;

  constructor(document: Document, { now, steady }: Clocks) {
    this.#document = document;
    this.#now = now;
    this.#made = new ShortCache(BOUNDS, steady);
  }

  bodyFor(publishable: string, key: StoredKey, encoding: Encoding): Buffer {
    // The origins are part of the name: headers and document must never say different ones.
    const name = [encoding, publishable, ...key.origins].join(' ');
    return this.#made.get(name, () => compressNow(this.#written(publishable, key), encoding));
  }

  #written(publishable: string, key: StoredKey): string {
    return written(this.#document, FieldBoot.parse(commonBoot(publishable, key, this.#now())));
  }
}

/** What both documents are told. */
export function commonBoot(publishable: string, key: StoredKey, now: number): FieldBoot {
  return {
    v: 1,
    mode: key.mode,
    key: publishable,
    origins: [...key.origins],
    now: seconds(now),
  };
}

export function written(document: Document, boot: object): string {
  return `${document.before}${bootScript(boot)}${document.after}`;
}
