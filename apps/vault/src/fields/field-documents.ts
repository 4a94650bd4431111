import {
  type CommonBoot,
  FieldBoot,
  RevealBoot,
  SecretBoot,
  type TextPolicy,
} from '@hushfield/contract/boot';
import { ShortCache } from '../app/short-cache.ts';
import { type Clock, type Clocks, seconds } from '../clock.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import { bootScript } from './boot-script.ts';
import { compressNow, type Encoding } from './compressed.ts';
import type { Document, FrameDist } from './frame-dist.ts';

// The `now` inside may be this old. Browsers keep the document for a minute anyway.
const BOUNDS = { lifeMs: 5_000, max: 1_800 };

/** Which document is wanted, in what encoding and language. */
type Wanted = {
  readonly name: 'field' | 'secret' | 'reveal';
  readonly encoding: Encoding;
  readonly locale: string;
  /** Of texts; for the document that has inputs of them. */
  readonly policies: readonly TextPolicy[];
};

/** What an operator adds to documents' own styles: fonts to all, and pictures of networks where a card is typed. */
type OperatorStyles = { readonly fonts: string; readonly icons: string };

/**
 * Finished field documents. Compressing is the costliest thing a stranger can ask for without a
 * ticket, so each key's document is made once in five seconds and language, however often it is asked for.
 */
export class FieldDocuments {
  readonly #dist: FrameDist;
  readonly #styles: OperatorStyles;
  readonly #now: Clock;
  readonly #made: ShortCache<Buffer>;

  constructor(dist: FrameDist, styles: OperatorStyles, { now, steady }: Clocks) {
    this.#dist = dist;
    this.#styles = styles;
    this.#now = now;
    this.#made = new ShortCache(BOUNDS, steady);
  }

  bodyFor(publishable: string, key: StoredKey, wanted: Wanted): Buffer {
    const { name, encoding, locale, policies } = wanted;
    // The origins are part of it: headers and document must never say different ones. So are the rules.
    const rules = JSON.stringify(policies);
    const id = [name, encoding, locale, publishable, rules, ...key.origins].join(' ');
    return this.#made.get(id, () => {
      const boot = commonBoot(publishable, key, this.#now());
      const { before, after } = this.#dist[name];
      const { fonts, icons } = this.#styles;
      const own = name === 'field' ? fonts + icons : fonts;
      const document = { before: before + own, after };
      return compressNow(written(document, this.#bootOf(boot, wanted)), encoding);
    });
  }

  #bootOf(boot: CommonBoot, { name, locale, policies }: Wanted): object {
    const texts = this.#dist.texts.get(locale)?.[name];
    if (name === 'reveal') return RevealBoot.parse({ ...boot, texts });
    if (name === 'field') return FieldBoot.parse({ ...boot, texts });
    return SecretBoot.parse({ ...boot, texts, policies });
  }
}

/** What all documents are told. */
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
