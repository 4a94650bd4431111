import type { Clock } from '../clock.ts';

type Held<T> = { readonly value: T; readonly until: number };

/**
 * Unwrapped keys, for at most five minutes: long enough that no request waits for the key store,
 * short enough that a withdrawn KEK takes effect. An evicted key is forgotten by `forget`; whoever
 * takes a key from here therefore uses it at once and does not keep it over an `await`.
 */
export class SecretCache<T> {
  static readonly LIFE_MS = 5 * 60 * 1000;
  readonly #held = new Map<string, Held<T>>();
  readonly #now: Clock;
  readonly #forget: (value: T) => void;

  constructor(now: Clock, forget: (value: T) => void) {
    this.#now = now;
    this.#forget = forget;
  }

  get(name: string, load: () => T): T {
    const held = this.#held.get(name);
    if (held !== undefined && this.#now() < held.until) return held.value;
    this.drop(name);
    const value = load();
    this.#held.set(name, { value, until: this.#now() + SecretCache.LIFE_MS });
    return value;
  }

  drop(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined) return;
    this.#held.delete(name);
    this.#forget(held.value);
  }

  /** Drops what is past its time, also when nobody asks for it any more. */
  sweep(): void {
    for (const [name, held] of this.#held) if (this.#now() >= held.until) this.drop(name);
  }
}
