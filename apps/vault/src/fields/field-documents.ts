import { type CommonBoot, FieldBoot, SecretBoot, type TextPolicy } from '@hushfield/contract/boot';
import { ShortCache } from '../app/short-cache.ts';
import { type Clock, type Clocks, seconds } from '../clock.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import { bootScript } from './boot-script.ts';
import { compressNow, type Encoding } from './compressed.ts';
import type { Document, FrameDist } from './frame-dist.ts';

// The `now` inside may be this old. Browsers keep the document for a minute anyway.
const BOUNDS = { lifeMs: 5_000, max: 1_800 };

/** How a document is wanted: in what encoding and language. */
type Wanted = {
  readonly encoding: Encoding;
  readonly locale: string;
  /** For a document with other secrets' inputs. */
  readonly policies?: readonly TextPolicy[];
};

/**
 * Finished field documents. Compressing is the costliest thing a stranger can ask for without a
 * ticket, so each key's document is made once in five seconds and language, however often it is asked for.
 */
export class FieldDocuments {
  readonly #dist: FrameDist;
  readonly #now: Clock;
  readonly #made: ShortCache<Buffer>;

  constructor(dist: FrameDist, { now, steady }: Clocks) {
    this.#dist = dist;
    this.#now = now;
    this.#made = new ShortCache(BOUNDS, steady);
  }

  bodyFor(publishable: string, key: StoredKey, { encoding, locale, policies }: Wanted): Buffer {
    // The origins are part of the name: headers and document must never say different ones.
    // So are the rules for texts.
    const rules = policies === undefined ? '' : JSON.stringify(policies);
    const name = [encoding, locale, publishable, rules, ...key.origins].join(' ');
    return this.#made.get(name, () => {
      const boot = commonBoot(publishable, key, this.#now());
      const texts = this.#dist.texts.get(locale);
      const document =
        policies === undefined
          ? written(this.#dist.field, FieldBoot.parse({ ...boot, texts: texts?.field }))
          : written(
              this.#dist.secret,
              SecretBoot.parse({ ...boot, texts: texts?.secret, policies }),
            );
      return compressNow(document, encoding);
    });
  }
}

/** What both documents are told. */
export function commonBoot(publishable: string, key: StoredKey, now: number): CommonBoot {
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
