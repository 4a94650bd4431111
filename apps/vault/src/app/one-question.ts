import type { Clock } from '../clock.ts';

/**
 * An answer that everybody is given alike, for a moment, and one question for it at a time: what anybody
 * may ask without a key must not ask the database at the asker's pace, least of all while it is slow. A
 * failure is told to all who waited for it, and not remembered.
 */
export class OneQuestion<T> {
  readonly #ask: () => Promise<T>;
  readonly #lifeMs: number;
  readonly #steady: Clock;
  #held: { readonly answer: T; readonly until: number } | undefined;
  #asking: Promise<T> | undefined;

  constructor(ask: () => Promise<T>, lifeMs: number, steady: Clock) {
    this.#ask = ask;
    this.#lifeMs = lifeMs;
    this.#steady = steady;
  }

  async answer(): Promise<T> {
    if (this.#held !== undefined && this.#steady() < this.#held.until) return this.#held.answer;
    this.#asking ??= this.#askNow().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Counted from the question, so that a slow answer is not kept for longer. */
  async #askNow(): Promise<T> {
    const until = this.#steady() + this.#lifeMs;
    const answer = await this.#ask();
    this.#held = { answer, until };
    return answer;
  }
}
