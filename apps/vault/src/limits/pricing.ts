import type { Log } from '../app/log.ts';
import type { Clock } from '../clock.ts';

const RAISED_MS = 15 * 60_000;

/**
 * What a key costs. A limit on a whole key must not refuse: everyone holds the publishable key, and
 * could switch its merchant off. It raises the price instead, and for a while only those come through
 * who bring a session, which the merchant's own backend has made for a shopper it knows.
 */
export class Pricing {
  readonly #steady: Clock;
  readonly #log: Log;
  /** By key id; as many as there are keys. */
  readonly #raised = new Map<string, number>();

  constructor(steady: Clock, log: Log) {
    this.#steady = steady;
    this.#log = log;
  }

  /** Whether this key now takes nobody without a session. */
  requiresSession(keyId: string): boolean {
    const until = this.#raised.get(keyId);
    return until !== undefined && this.#steady() < until;
  }

  /** Says whether it was not raised before. */
  raise(keyId: string): boolean {
    const isNew = !this.requiresSession(keyId);
    if (isNew) this.#log.warn({ keyId }, 'price of a key raised');
    this.#raised.set(keyId, this.#steady() + RAISED_MS);
    return isNew;
  }
}
