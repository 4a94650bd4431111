import { randomBytes } from 'node:crypto';
import type { CardToken } from '@hushfield/node';
import type { Payment } from './charge/payment.ts';

/** What is being bought, and how far its payment has come. It knows the token, so it never needs the card. */
export type Order = {
  /** Of its page, for whoever is told it. */
  readonly id: string;
  /** Its name wherever money is asked for: nothing is done twice under it, and the gateway finds it by it. */
  readonly reference: string;
  readonly token: string;
  /** When the token was made: nothing can have been sent before. */
  readonly since: Date;
  readonly card: CardToken['card'];
  readonly email: string | undefined;
  readonly cents: number;
  readonly payment: Payment;
};

const LIMIT = 1_000;

/**
 * Told from the token alone, which is no secret: a shop that has forgotten the order, or another of its processes, asks
 * under the same name, and is told what was done. A shop that charges a card more than once takes the number of an
 * order that it wrote down before it asked.
 */
const referenceOf = (token: string) => `order-${token}`;

/** Orders in memory, the oldest dropped: this shop demonstrates a checkout, not bookkeeping. */
export class Orders {
  readonly #byId = new Map<string, Order>();
  readonly #byToken = new Map<string, string>();

  find(id: string): Order | undefined {
    return this.#byId.get(id);
  }

  /** One token is one order, so that a page that retries cannot buy twice. */
  place(token: CardToken, details: { email: string | undefined; cents: number }): Order {
    const placed = this.find(this.#byToken.get(token.id) ?? '');
    if (placed) return placed;
    // Whoever knows an order's address sees it, so the address must not be guessable.
    const id = `ord_${randomBytes(16).toString('base64url')}`;
    const payment = { state: 'pending', notSent: false } as const;
    const known = { token: token.id, since: new Date(token.createdAt), card: token.card };
    const order = { id, reference: referenceOf(token.id), ...known, ...details, payment };
    this.#byId.set(id, order);
    this.#byToken.set(token.id, id);
    this.#dropOldest();
    return order;
  }

  /** @returns the order as it is now. */
  settle(order: Order, payment: Payment): Order {
    const settled = { ...order, payment };
    this.#byId.set(order.id, settled);
    return settled;
  }

  #dropOldest(): void {
    if (this.#byId.size <= LIMIT) return;
    const [oldest] = this.#byId.values();
    if (!oldest) return;
    this.#byId.delete(oldest.id);
    this.#byToken.delete(oldest.token);
  }
}
