import type { Clock } from '../clock.ts';

export type Bounds = { readonly lifeMs: number; readonly max: number };

/**
 * Remembers a few answers for a moment. Bounded, the oldest goes first, since names come from
 * outside; counted from before the loading, so that a slow answer is not kept for longer, and with a
 * clock that nobody sets back.
 */
export class ShortCache<T> {
  readonly #bounds: Bounds;
  readonly #steady: Clock;
  readonly #held = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(bounds: Bounds, steady: Clock) {
    this.#bounds = bounds;
    this.#steady = steady;
  }

  get(name: string, load: () => T): T {
    const held = this.#held.get(name);
    if (held !== undefined && this.#steady() < held.until) return held.value;
    const until = this.#steady() + this.#bounds.lifeMs;
    const value = load();
    this.#held.delete(name);
    this.#makeRoom();
    this.#held.set(name, { value, until });
    return value;
  }

  /** What is remembered, if anything is. */
  find(name: string): T | undefined {
    const held = this.#held.get(name);
    return held !== undefined && this.#steady() < held.until ? held.value : undefined;
  }

  /** Forgets a value, unless another has taken its place. */
  drop(name: string, value: T): void {
    if (this.#held.get(name)?.value === value) this.#held.delete(name);
  }

  #makeRoom(): void {
    if (this.#held.size < this.#bounds.max) return;
    const [oldest] = this.#held.keys();
    if (oldest !== undefined) this.#held.delete(oldest);
  }
}

/** One question for all who ask at once; a failure is not remembered. */
export async function askOnce<T>(
  cache: ShortCache<Promise<T>>,
  name: string,
  ask: () => Promise<T>,
): Promise<T> {
  const answer = cache.get(name, ask);
  try {
    return await answer;
  } catch (error) {
    cache.drop(name, answer);
    throw error;
  }
}
