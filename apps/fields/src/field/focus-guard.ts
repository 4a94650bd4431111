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
 *   4  Once a theft was witnessed by a digit, losing focus again within a few milliseconds of taking it
 *      back is counted too: no hand clicks twice that fast. (A modal that traps focus fights as well,
 *      but nobody types digits into a card under it.)
 *   5  The third theft locks. A page that goes on fighting is fought: what is typed blindly into a
 *      locked element is lost and not stolen.
 *
 * A page that steals in a pause of typing, or disables, hides or removes the input, is not caught.
 */

const THEFT_MS = 400;
/** At once does nothing in Chromium: the page's own focus change has yet to end. */
const RETURN_AFTER_MS = [20, 40];
/** In a fight every millisecond is the thief's or ours: the next digit has to find focus here to witness it. */
const FIGHT_AFTER_MS = [0, 4, 8];
const WITNESS_MS = 1_000;
const INHUMAN_MS = 60;
const LIMIT = 3;
const NEVER = -Infinity;

/** A key that leaves moves focus at once; Alt, Ctrl or Cmd is held before a window changes. */
const LEAVING_MS = 150;
const MODIFIER_MS = 1_000;

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
  #digitAt = NEVER;
  #returnedAt = NEVER;
  #leftAt = NEVER;
  #modifierAt = NEVER;
  #input: HTMLInputElement | undefined;
  /** Running while focus is ours only by force. */
  #trial: ReturnType<typeof setTimeout> | undefined;
  #thefts = 0;

  constructor(guarded: Guarded) {
    this.#guarded = guarded;
  }

  listen(): void {
    // That of an input does not bubble: this is the window's own.
    addEventListener('blur', () => this.#onLost());
    addEventListener('keydown', ({ key }) => this.#onKey(key), true);
    // A hand in the element is there because it wants to be.
    addEventListener('pointerdown', () => this.#endTrial(), true);
  }

  /** A digit was typed; phones say so by an input event only. */
  onDigit(): void {
    this.#digitAt = performance.now();
    const { activeElement } = document;
    if (activeElement instanceof HTMLInputElement) this.#input = activeElement;
    if (this.#trial === undefined) return;
    this.#endTrial();
    this.#count();
  }

  /** Whether the shopper left an input by a key; Ctrl alone may be a paste, and the page's turn. */
  get isLeft(): boolean {
    return since(this.#leftAt) < LEAVING_MS;
  }

  #onKey(key: string): void {
    if (/^\p{Nd}$/u.test(key)) return this.onDigit();
    if (/^(Tab|Enter|Escape)$/.test(key)) this.#leftAt = performance.now();
    if (/^(Alt|Control|Meta)$/.test(key)) this.#modifierAt = performance.now();
    // A letter was meant for what was clicked on; the rest of the keyboard for us.
    if (/^\p{L}$/u.test(key)) this.#letGo();
    // Phones call every key so, and tell the digit by the input event that follows.
    else if (key !== 'Unidentified') this.#endTrial();
  }

  #onLost(): void {
    const fought = since(this.#returnedAt) < INHUMAN_MS;
    if (fought && this.#thefts > 0) this.#count();
    const sudden = since(this.#digitAt) < (fought ? WITNESS_MS : THEFT_MS);
    if (sudden && !this.#isHonest()) this.#takeBack(fought ? FIGHT_AFTER_MS : RETURN_AFTER_MS);
  }

  #isHonest(): boolean {
    const away = since(this.#modifierAt) < MODIFIER_MS || document.hidden;
    return this.isLeft || away || this.#guarded.isDone();
  }

  #takeBack(delays: readonly number[]): void {
    this.#endTrial();
    this.#trial = setTimeout(() => this.#letGo(), WITNESS_MS);
    for (const ms of delays) setTimeout(() => this.#return(), ms);
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
    // The page had it by right, and takes nothing by having it again.
    this.#digitAt = NEVER;
    this.#returnedAt = NEVER;
    this.#input?.blur();
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

function since(moment: number): number {
  return performance.now() - moment;
}
