import {
  type ElementType,
  type FieldEvent,
  type FieldOptions,
  isShowing,
  TICK_MS,
} from '@hushfield/contract/frame';
import type { RevealTexts } from '@hushfield/contract/boot';
import type { Shown } from '@hushfield/contract/sibling';
import { heightOf } from '../boot/open-document.ts';
import type { Words } from '../field/words.ts';
import { CopyButton } from './copy-button.ts';
import { drawLines, make } from './draw.ts';
import { ShownState } from './shown-state.ts';

/** The whole document: what is shown, or the button that copies it, and what the page hears of either. */
export class RevealView {
  readonly #root: HTMLElement;
  readonly #words: Words<RevealTexts>;
  readonly #state: ShownState = new ShownState(() => this.#changed());
  readonly #copy: CopyButton = new CopyButton((copied) =>
    this.#send?.(
      copied ? { type: 'copy', field: 'shown' } : { type: 'warning', code: 'copy_failed' },
    ),
  );
  #options: FieldOptions | undefined;
  #send: ((event: FieldEvent) => void) | undefined;

  constructor(root: HTMLElement, words: Words<RevealTexts>) {
    this.#root = root;
    this.#words = words;
  }

  get element(): ElementType {
    return this.#options?.element ?? 'reveal';
  }

  connect(send: (event: FieldEvent) => void): void {
    this.#send = send;
    // Before it is drawn, it has no height that anybody should take for its own.
    new ResizeObserver(() => {
      if (this.#options) send({ type: 'resize', height: this.#height });
    }).observe(this.#root);
  }

  /** What it was first, it stays. */
  draw(wanted: FieldOptions) {
    const element = this.#options?.element ?? wanted.element;
    if (!isShowing(element)) throw new TypeError('element');
    this.#options = { ...wanted, element };
    this.#paint();
    const { labels, title } = this.#options;
    const { texts } = this.#words;
    const name = labels.shown || (element === 'reveal' ? texts.labels.shown : texts.copy);
    const called = title || `${texts.partTitle}: ${name}`.slice(0, 200);
    // What a screen reader says on the way in: the frame's own name is not read by all of them.
    document.title = called;
    return { height: this.#height, title: called };
  }

  show(shown: Shown): void {
    this.#state.show(shown);
  }

  hide(): void {
    this.#state.hide();
  }

  hideIfOver(): void {
    this.#state.hideIfOver();
  }

  /** A page may not put focus on the button: a key that was meant for it would press ours. */
  focus(): void {
    this.#root.querySelector('output')?.focus();
  }

  get #height(): number {
    return heightOf(this.#root);
  }

  #changed(): void {
    this.#paint();
    // On the tick, as all that a page hears.
    const state = this.#state.observe(this.element);
    setTimeout(
      () => this.#send?.({ type: 'change', state }),
      TICK_MS - (performance.now() % TICK_MS),
    );
  }

  #paint(): void {
    if (!this.#options) return;
    const { documentElement: html } = document;
    const { texts, direction } = this.#words;
    html.lang = texts.locale;
    html.dir = direction;
    const { lines } = this.#state;
    if (this.element === 'copyButton') {
      this.#copy.draw(lines, this.#options, texts);
      this.#root.replaceChildren(make('div', { class: 'element' }, this.#copy.element));
      return;
    }
    const list = drawLines(lines, this.#options, texts);
    this.#root.replaceChildren(make('div', { class: 'element' }, list));
  }
}
