import type { Clock } from '../clock.ts';

/** What came of it when a key was asked for. */
export type CacheCount = (result: 'hit' | 'loaded' | 'failed') => void;

type Held<T> = { readonly value: T; readonly renewAt: number; readonly until: number };

/**
 * Unwrapped keys, for at most five minutes: long enough that no request waits for the KEK, short
 * enough that a withdrawn one takes effect. Keys in use are renewed in the last minute, in the
 * background, so that a slow device slows no request either.
 *
 * An evicted key is forgotten by `forget`, one turn of the event loop later: whoever has just been
 * given it uses it at once, and does not keep it over another `await`.
 *
 * Counted with a clock that nobody sets back.
 */
export class SecretCache<T> {
  static readonly LIFE_MS = 5 * 60 * 1000;
  static readonly RENEW_MS = 4 * 60 * 1000;
  readonly #held = new Map<string, Held<T>>();
  /** One load for all who wait. */
  readonly #loading = new Map<string, Promise<T>>();
  readonly #steady: Clock;
  readonly #forget: (value: T) => void;
  readonly #count: CacheCount;

  constructor(steady: Clock, forget: (value: T) => void, count: CacheCount = () => {}) {
    this.#steady = steady;
    this.#forget = forget;
    this.#count = count;
  }

  async get(name: string, load: () => Promise<T>): Promise<T> {
    const held = this.#held.get(name);
    const now = this.#steady();
    if (held === undefined || now >= held.until) return this.#load(name, load);
    // Should it fail, there is another minute of tries, and then the caller hears of it.
    if (now >= held.renewAt) this.#load(name, load).catch(() => {});
    this.#count('hit');
    return held.value;
  }

  /** Also makes that what is being loaded is not kept: it is forgotten as it is given. */
  drop(name: string): void {
    this.#loading.delete(name);
    this.#evict(name);
  }

  /** Drops everything, also what is being loaded. */
  clear(): void {
    for (const name of [...this.#loading.keys(), ...this.#held.keys()]) this.drop(name);
  }

  /** Drops what is past its time, also when nobody asks for it any more. */
  sweep(): void {
    for (const [name, held] of this.#held) if (this.#steady() >= held.until) this.#evict(name);
  }

  #evict(name: string): void {
    const held = this.#held.get(name);
    if (held === undefined) return;
    this.#held.delete(name);
    this.#forgetSoon(held.value);
  }

  #forgetSoon(value: T): void {
    setImmediate(() => this.#forget(value));
  }

  #load(name: string, load: () => Promise<T>): Promise<T> {
    const known = this.#loading.get(name);
    if (known !== undefined) return known;
    const loading = load().then(
      (value) => {
        if (this.#loading.get(name) === loading) this.#hold(name, value);
        else this.#forgetSoon(value);
        this.#count('loaded');
        return value;
      },
      (error: unknown) => {
        if (this.#loading.get(name) === loading) this.#loading.delete(name);
        this.#count('failed');
        throw error;
      },
    );
    this.#loading.set(name, loading);
    return loading;
  }

  #hold(name: string, value: T): void {
    this.drop(name);
    const now = this.#steady();
    const { LIFE_MS, RENEW_MS } = SecretCache;
    this.#held.set(name, { value, renewAt: now + RENEW_MS, until: now + LIFE_MS });
  }
}

/** All of several keys; when one fails to come, none of the others is left lying in memory. */
export async function allOrWiped<T>(
  loads: readonly Promise<T>[],
  wipe: (value: T) => void,
): Promise<T[]> {
  const outcomes = await Promise.allSettled(loads);
  const failed = outcomes.find((each) => each.status === 'rejected');
  const values = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (failed === undefined) return values;
  for (const value of values) wipe(value);
  throw failed.reason;
}
