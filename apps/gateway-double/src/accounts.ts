import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccountKey } from './config.ts';
import { Refusal } from './refusal.ts';

/** Who asks, and how often each has asked for what: so that tests can prove what was not sent. */
export class Accounts {
  readonly #accounts: readonly { readonly name: string; readonly digest: Buffer }[];
  readonly #counts = new Map<string, Map<string, number>>();

  constructor(keys: readonly AccountKey[]) {
    this.#accounts = keys.map(({ name, key }) => ({ name, digest: digestOf(key) }));
  }

  /** @returns the account's name. @throws Refusal */
  enter(key: unknown, route: string): string {
    const digest = digestOf(typeof key === 'string' ? key : '');
    const found = this.#accounts.find((account) => timingSafeEqual(account.digest, digest));
    if (found === undefined) throw new Refusal(401, 'unauthorized', 'No account has this key.');
    const counts = this.#counts.get(found.name) ?? new Map<string, number>();
    this.#counts.set(found.name, counts.set(route, (counts.get(route) ?? 0) + 1));
    return found.name;
  }

  /** By route, of one account. */
  requests(account: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts.get(account) ?? []);
  }
}

/** Of one length, whatever is given. */
const digestOf = (key: string) => createHash('sha256').update(key).digest();
