import type { Clock } from '../clock.ts';

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
