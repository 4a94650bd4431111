import type { ElementState, ElementType } from '@hushfield/contract/frame';
import type { Shown } from '@hushfield/contract/sibling';

const LOOK_MS = 1_000;

/** What stands in a frame for a while: nobody but the person before it is told. */
export class ShownState {
  readonly #changed: () => void;
  #shown: Shown | undefined;
  #end: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  /** Unix ms: a timer stands while the machine sleeps, and no event says that it woke. */
  #until = 0;

  /** @param changed - is called when something is shown, and when it is hidden. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get lines(): Shown['lines'] {
    return this.#shown?.lines ?? [];
  }

  show(shown: Shown): void {
    this.#stop();
    this.#shown = shown;
    this.#until = Date.now() + shown.seconds * 1000;
    // By both clocks: one stands while the machine sleeps, the other can be set back.
    this.#end = setTimeout(() => this.hide(), shown.seconds * 1000);
    this.#look = setInterval(() => this.hideIfOver(), LOOK_MS);
    this.#changed();
  }

  hideIfOver(): void {
    if (Date.now() >= this.#until) this.hide();
  }

  hide(): void {
    this.#stop();
    if (!this.#shown) return;
    this.#shown = undefined;
    this.#changed();
  }

  /** All that a page may see of it: that there is something. */
  observe(elementType: ElementType): ElementState {
    const empty = this.#shown === undefined;
    const flags = { empty, complete: !empty, valid: !empty, potentiallyValid: true };
    return {
      elementType,
      ...flags,
      brand: 'unknown',
      networks: [],
      fields: { shown: { ...flags, focused: false } },
    };
  }

  #stop(): void {
    clearTimeout(this.#end);
    clearInterval(this.#look);
  }
}
