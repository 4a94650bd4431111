import type { FieldTexts } from '@hushfield/contract/boot';
import { type Signal, signal } from '@preact/signals-core';
import { loadPinned } from '../boot/load-pinned.ts';

type Chunk = { textsFor(wishes: readonly string[]): FieldTexts };
const RIGHT_TO_LEFT = /^(ar|he)/;

/** What the element says, in the language that it speaks now: that of its document, until the page asks for another. */
export class Words {
  readonly #texts: Signal<FieldTexts>;
  /** What came with the document, by what was asked for then. */
  readonly #first: readonly [wish: string, texts: FieldTexts];
  /** What the page asked for last. */
  #wish: string;

  constructor(texts: FieldTexts) {
    this.#texts = signal(texts);
    this.#wish = new URLSearchParams(location.search).get('l') ?? 'auto';
    this.#first = [this.#wish, texts];
  }

  get texts(): FieldTexts {
    return this.#texts.value;
  }

  get direction(): 'ltr' | 'rtl' {
    return RIGHT_TO_LEFT.test(this.texts.locale) ? 'rtl' : 'ltr';
  }

  /**
   * Speaks another language from now on.
   *
   * @param locale - a BCP 47 tag, or `auto` for the shopper's own.
   * @returns false when its words cannot be had: it goes on in the one before.
   */
  async speak(locale: string): Promise<boolean> {
    const [first, texts] = this.#first;
    this.#wish = locale;
    if (locale === first) {
      this.#texts.value = texts;
      return true;
    }
    const chunk = (await loadPinned('texts').catch(() => undefined)) as Chunk | undefined;
    // Asked for yet another meanwhile.
    if (!chunk || this.#wish !== locale) return chunk !== undefined;
    this.#texts.value = chunk.textsFor(locale === 'auto' ? navigator.languages : [locale]);
    return true;
  }
}
