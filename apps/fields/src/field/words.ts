import { loadPinned } from '../boot/load-pinned.ts';

/** What a document of some kind can say, in one language. */
type Texts = { readonly locale: string };
type Chunk<T> = { textsFor(wishes: readonly string[]): T };
const RIGHT_TO_LEFT = /^(ar|he)/;

/** What the element says, in the language that it speaks now: that of its document, until the page asks for another. */
export class Words<T extends Texts> {
  texts: T;
  /** What came with the document, and what was asked for then. */
  readonly #first: T;
  readonly #wish = new URLSearchParams(location.search).get('l') ?? 'auto';

  constructor(texts: T) {
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
  async of(locale: string): Promise<T | undefined> {
    if (locale === this.#wish) return this.#first;
    const chunk = (await loadPinned('texts').catch(() => undefined)) as Chunk<T> | undefined;
    return chunk?.textsFor(locale === 'auto' ? navigator.languages : [locale]);
  }
}
