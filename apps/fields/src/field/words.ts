import type { FieldTexts } from '@hushfield/contract/boot';
import { loadPinned } from '../boot/load-pinned.ts';

type Chunk = { textsFor(wishes: readonly string[]): FieldTexts };
const RIGHT_TO_LEFT = /^(ar|he)/;

/** What the element says, in the language that it speaks now: that of its document, until the page asks for another. */
export class Words {
  texts: FieldTexts;
  /** What came with the document, and what was asked for then. */
  readonly #first: FieldTexts;
  readonly #wish = new URLSearchParams(location.search).get('l') ?? 'auto';

  constructor(texts: FieldTexts) {
    this.#first = texts;
    this.texts = texts;
  }

  get direction(): 'ltr' | 'rtl' {
    return RIGHT_TO_LEFT.test(this.texts.locale) ? 'rtl' : 'ltr';
  }

  /**
   * The words of another language; nothing when they cannot be had.
   *
   * @param locale - a BCP 47 tag, or `auto` for the shopper's own.
   */
  async of(locale: string): Promise<FieldTexts | undefined> {
    if (locale === this.#wish) return this.#first;
    const chunk = (await loadPinned('texts').catch(() => undefined)) as Chunk | undefined;
    return chunk?.textsFor(locale === 'auto' ? navigator.languages : [locale]);
  }
}
