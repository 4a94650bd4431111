import type { CardToken } from '@hushfield/node';
import type { Order, Orders } from '../orders.ts';
import type { Gateway } from './gateway.ts';
import { CardIsGone, NotCharged, type Payment } from './payment.ts';

/** The vault knows for 24 hours what was sent under a name; its clock may differ from ours. */
const NAME_LIFE_MS = 23 * 60 * 60 * 1_000;

type Details = { readonly email: string | undefined; readonly cents: number };

/** Takes the money for orders: once for each, whoever asks how often. */
export class Cashier {
  readonly #orders: Orders;
  readonly #gateway: Gateway | undefined;
  /** What is being asked for now: whoever comes meanwhile waits for the same answer. */
  readonly #underWay = new Map<string, Promise<Order>>();

  constructor(orders: Orders, gateway: Gateway | undefined) {
    this.#orders = orders;
    this.#gateway = gateway;
  }

  /** @throws NotCharged, CardIsGone */
  pay(token: CardToken, details: Details): Promise<Order> {
    const order = this.#orders.place(token, details);
    if (order.payment.state !== 'pending') return Promise.resolve(order);
    return this.#once(order.id, () => this.#charge(order));
  }

  /** Passes on what the shopper told the bank; nothing, where nobody asked. @throws NotCharged */
  confirm(order: Order, outcome: 'approved' | 'refused'): Promise<Order> {
    const { payment } = order;
    const gateway = this.#gateway;
    if (payment.state !== 'challenge_required' || !gateway) return Promise.resolve(order);
    return this.#once(order.id, async () =>
      this.#orders.settle(order, await gateway.confirm(order.reference, payment.id, outcome)),
    );
  }

  /** Asks what became of an order whose answer was lost. Never asks for the money again. */
  lookUp(order: Order): Promise<Order> {
    const gateway = this.#gateway;
    if (order.payment.state !== 'unknown' || !gateway) return Promise.resolve(order);
    return this.#once(order.id, async () =>
      this.#orders.settle(order, await gateway.find(order.reference)),
    );
  }

  async #charge(order: Order): Promise<Order> {
    const gateway = this.#gateway;
    if (!gateway) return this.#orders.settle(order, { state: 'uncharged' });
    try {
      return this.#orders.settle(order, await askFor(order, gateway));
    } catch (error) {
      const notSent = error instanceof NotCharged || error instanceof CardIsGone;
      this.#orders.settle(order, { state: 'pending', notSent });
      throw error;
    }
  }

  #once(id: string, work: () => Promise<Order>): Promise<Order> {
    const running = this.#underWay.get(id) ?? work().finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, running);
    return running;
  }
}

/** Asks for the money under a name that the vault does once, and where it may not know that name, what became of it. */
async function askFor(order: Order, gateway: Gateway): Promise<Payment> {
  const { reference, token, cents, card, since, payment } = order;
  if (Date.now() - since.getTime() > NAME_LIFE_MS) return gateway.find(reference);
  try {
    return await gateway.authorize({ reference, token, cents, withCode: card.cvcCollected });
  } catch (error) {
    const isOpen = !(payment.state === 'pending' && payment.notSent);
    if (error instanceof CardIsGone && isOpen) return gateway.find(reference);
    throw error;
  }
}
