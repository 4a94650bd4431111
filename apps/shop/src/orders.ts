import { randomBytes } from 'node:crypto';
import type { CardToken } from '@hushfield/node';

/** A paid order. It knows the token, so it never needs the card. */
export type Order = {
  readonly id: string;
  readonly token: string;
  readonly card: CardToken['card'];
  readonly email: string | undefined;
  readonly cents: number;
};

const LIMIT = 1_000;

/** Orders in memory, the oldest dropped: this shop demonstrates a checkout, not bookkeeping. */
export class Orders {
  readonly #byId = new Map<string, Order>();
  readonly #byToken = new Map<string, Order>();

  find(id: string): Order | undefined {
    return this.#byId.get(id);
  }

  /** One token is one order, so that a page that retries cannot buy twice. */
  place(token: CardToken, details: { email: string | undefined; cents: number }): Order {
    const placed = this.#byToken.get(token.id);
    if (placed) return placed;
    // Whoever knows an order's address sees it, so the address must not be guessable.
    const id = `ord_${randomBytes(16).toString('base64url')}`;
    const order: Order = { id, token: token.id, card: token.card, ...details };
    this.#byId.set(id, order);
    this.#byToken.set(token.id, order);
    this.#dropOldest();
    return order;
  }

  #dropOldest(): void {
    if (this.#byId.size <= LIMIT) return;
    const [oldest] = this.#byId.values();
    if (!oldest) return;
    this.#byId.delete(oldest.id);
    this.#byToken.delete(oldest.token);
  }
}
