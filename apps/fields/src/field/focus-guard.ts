/*
 * A page that calls `focus()` on an input of its own while a number is typed gets the digits that
 * follow: the shopper's eyes are on the card, not on the caret. No header forbids it. What gives it
 * away is the moment: nobody leaves a field within a blink of a digit without a key that leaves.
 *
 *   1  The window loses focus within THEFT_MS of a digit, and no key of the shopper's says so.
 *   2  Focus is taken back at once, so that the next digit lands here: a thief of one call gets none
 *      or one.
 *   3  If a digit does follow, it was meant for us: that was a theft, and is counted. If none does, a
 *      person has clicked away fast; the input lets go again and nothing is counted.
 *   4  Losing focus again within a few milliseconds of taking it back is counted too: no hand clicks
 *      twice that fast.
 *   5  The third theft locks. A page that goes on fighting is fought: what is typed blindly into a
 *      locked element is lost and not stolen.
 *
 * A page that steals in a pause of typing, or hides or removes the frame, is not caught by this.
 */

const THEFT_MS = 400;
/** At once does nothing in Chromium: the page's own focus change has yet to end. */
const RETURN_AFTER_MS = [20, 40];
const WITNESS_MS = 1_000;
const INHUMAN_MS = 60;
const LIMIT = 3;

/** How long (ms) a key explains that focus has gone. Alt, Ctrl or Cmd is held before a window changes. */
const EXPLAINS: ReadonlyMap<string, number> = new Map([
  ...['Tab', 'Enter', 'Escape'].map((key) => [key, 150] as const),
  ...['Alt', 'Control', 'Meta'].map((key) => [key, 1_000] as const),
]);

/** What the guard needs to know of the element, and does to it. */
export type Guarded = {
  /** Nothing is left to type: whoever takes focus now takes no digit of this element. */
  isDone(): boolean;
  /** Enough: forget everything and take nothing more. */
  lock(): void;
};

/** Watches the focus of one document. Call `listen` once. */
export class FocusGuard {
  readonly #guarded: Guarded;
  #digitAt = Number.NEGATIVE_INFINITY;
  #returnedAt = Number.NEGATIVE_INFINITY;
  #explainedUntil = 0;
  #input: HTMLElement | null = null;
  /** Running while focus is ours only by force. */
  #trial: ReturnType<typeof setTimeout> | undefined;
  #thefts = 0;

  constructor(guarded: Guarded) {
    this.#guarded = guarded;
  }

  listen(): void {
    addEventListener('blur', ({ target }) => {
      if (target === window) this.#onLost();
    });
    addEventListener('keydown', ({ key }) => this.#onKey(key), true);
    // A hand in the element is there because it wants to be.
    addEventListener('pointerdown', () => this.#endTrial(), true);
  }

  /** A digit was typed; phones say so by an input event only. */
  onDigit(): void {
    this.#digitAt = performance.now();
    this.#input = document.activeElement as HTMLElement | null;
    if (this.#trial === undefined) return;
    this.#endTrial();
    this.#count();
  }

  /** Whether a key of the shopper's, and not the page, is why focus has moved. */
  get isExplained(): boolean {
    return performance.now() < this.#explainedUntil;
  }

  #onKey(key: string): void {
    if (/^\d$/.test(key)) return this.onDigit();
    const explained = EXPLAINS.get(key);
    if (explained !== undefined) {
      this.#explainedUntil = performance.now() + explained;
      this.#endTrial();
    }
    // A letter was meant for what was clicked on.
    else if (key.length === 1) this.#letGo();
  }

  #onLost(): void {
    const now = performance.now();
    const fought = now - this.#returnedAt < INHUMAN_MS;
    if (fought) this.#count();
    const sudden = now - this.#digitAt < THEFT_MS && !this.#isHonest();
    if (sudden || fought) this.#takeBack();
  }

  #isHonest(): boolean {
    return this.isExplained || document.hidden || this.#guarded.isDone();
  }

  #takeBack(): void {
    this.#endTrial();
    this.#trial = setTimeout(() => this.#letGo(), WITNESS_MS);
    for (const ms of RETURN_AFTER_MS) setTimeout(() => this.#return(), ms);
  }

  #return(): void {
    if (this.#trial === undefined || document.hasFocus()) return;
    this.#returnedAt = performance.now();
    window.focus();
    // An input that believes to have focus takes none.
    this.#input?.blur();
    this.#input?.focus();
  }

  #letGo(): void {
    if (this.#trial === undefined) return;
    this.#endTrial();
    this.#input?.blur();
    // The page had it by right.
    parent.focus();
  }

  #endTrial(): void {
    clearTimeout(this.#trial);
    this.#trial = undefined;
  }

  #count(): void {
    this.#thefts += 1;
    if (this.#thefts === LIMIT) this.#guarded.lock();
  }
}
