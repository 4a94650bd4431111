import type { Clock } from '../clock.ts';

/** Seconds after which it is worth another try: by then a part of the limit is free again. */
export const SHORT_WAIT = 10;
const WINDOW_MS = 60_000;
const MAX_CALLERS = 50_000;

type Counts = { bucket: number; current: number; previous: number };

/**
 * Counts takes per caller over the last minute, by weighing this minute's count with the rest of the
 * one before. In memory and per process; forgets everyone when too many callers come, so that the
 * counter itself cannot be used to fill the memory.
 */
export class SlidingWindow {
  readonly #limit: number;
  readonly #now: Clock;
  readonly #counts = new Map<string, Counts>();

  constructor(limit: number, now: Clock) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether the caller is within its limit; a refused take is not counted. */
  take(caller: string): boolean {
    const bucket = Math.floor(this.#now() / WINDOW_MS);
    const counts = this.#countsOf(caller, bucket);
    const passed = (this.#now() % WINDOW_MS) / WINDOW_MS;
    if (counts.current + counts.previous * (1 - passed) >= this.#limit) return false;
    counts.current += 1;
    return true;
  }

  /** Gives back what was taken and not needed. */
  giveBack(caller: string): void {
    const counts = this.#counts.get(caller);
    if (counts === undefined) return;
    // The minute may have turned since.
    if (counts.current > 0) counts.current -= 1;
    else if (counts.previous > 0) counts.previous -= 1;
  }

  #countsOf(caller: string, bucket: number): Counts {
    const old = this.#counts.get(caller);
    if (old?.bucket === bucket) return old;
    if (this.#counts.size >= MAX_CALLERS) this.#counts.clear();
    const previous = old?.bucket === bucket - 1 ? old.current : 0;
    const counts = { bucket, current: 0, previous };
    this.#counts.set(caller, counts);
    return counts;
  }
}
