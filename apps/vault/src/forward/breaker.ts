import type { Clock } from '../clock.ts';

const FAILURES = 5;
const REST_MS = 10_000;
const MOST = 10_000;

type State = { failures: number; openUntil: number };

/**
 * A breaker for each destination: after a few requests in a row without a whole answer, the next ones are refused
 * before anything is used up, and one at a time may try again. Of this process alone: every node finds out for
 * itself, and none waits for another to know.
 */
export class Breaker {
  readonly #steady: Clock;
  readonly #states = new Map<string, State>();

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  /**
   * Whole seconds until it is worth another try; else what gives the try back where nothing was sent. The first that
   * goes holds the others off, and a request for a token that is gone says nothing of the destination.
   */
  enter(destination: string): number | (() => void) {
    const state = this.#states.get(destination);
    if (state === undefined || state.failures < FAILURES) return () => {};
    const now = this.#steady();
    if (state.openUntil > now) return Math.ceil((state.openUntil - now) / 1000);
    const until = now + REST_MS;
    state.openUntil = until;
    return () => {
      // Not where another has gone since, after ten seconds; `note` leaves another state.
      if (state.openUntil === until) state.openUntil = now;
    };
  }

  /** @param well - that a whole answer came, whatever it says. */
  note(destination: string, well: boolean): void {
    if (well) {
      this.#states.delete(destination);
      return;
    }
    if (this.#states.size >= MOST) this.#states.clear();
    const failures = (this.#states.get(destination)?.failures ?? 0) + 1;
    this.#states.set(destination, { failures, openUntil: this.#steady() + REST_MS });
  }
}
