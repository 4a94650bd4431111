import { type Hushfield, HushfieldError } from '@hushfield/node';
import type { FastifyInstance, FastifyReply } from 'fastify';
import * as z from 'zod';
import type { Shop } from '../app.ts';
import { TOTAL_CENTS } from '../basket.ts';
import type { Cashier } from '../charge/cashier.ts';
import { CardIsGone, NotCharged } from '../charge/payment.ts';
import type { Order, Orders } from '../orders.ts';
import { missingPage, orderPage } from '../pages/order-page.ts';
import { isOwnPage } from '../same-origin.ts';
import type { ReceivedEvents } from '../webhooks/received.ts';

const NewOrder = z.strictObject({
  token: z.string().regex(/^tok_(test|live)_[0-9A-Za-z]{28}$/),
  email: z.email().max(254).optional(),
});
const Params = z.object({ id: z.string().max(64) });

export type Desk = {
  readonly hushfield: Hushfield;
  readonly orders: Orders;
  readonly cashier: Cashier;
  /** None where the vault tells this shop nothing. */
  readonly events: ReceivedEvents | undefined;
};

/** The order that a path names, if there is one that a page may know of. */
export function orderOf(orders: Orders, params: unknown): Order | undefined {
  const parsed = Params.safeParse(params);
  const order = parsed.success ? orders.find(parsed.data.id) : undefined;
  return order?.payment.state === 'pending' ? undefined : order;
}

export function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html);
}

/** A token that is nobody's is a mistake of the page; all else is an outage of ours. */
function unknown(error: unknown): undefined {
  if (!(error instanceof HushfieldError && error.code === 'not_found')) throw error;
}

/** `POST /orders` pays; `GET /orders/{id}` shows what was bought, and `…/events` what the vault said of it. */
export function orderRoutes(
  app: FastifyInstance,
  shop: Shop,
  { hushfield, orders, cashier, events }: Desk,
): void {
  app.post('/orders', async (request, reply) => {
    if (!isOwnPage(request.headers, shop.shopOrigin)) {
      return reply.code(403).send({ error: 'foreign_page' });
    }
    const body = NewOrder.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ error: 'bad_request' });
    // What a page claims about a card counts for nothing: it is read back with the secret key.
    const token = await hushfield.tokens.get(body.data.token).catch(unknown);
    if (token?.type !== 'card') return reply.code(422).send({ error: 'unknown_token' });
    const details = { email: body.data.email, cents: TOTAL_CENTS };
    return cashier.pay(token, details).then(
      (order) => answer(reply, order),
      (error: unknown) => refuse(reply, error),
    );
  });

  app.get('/orders/:id', (request, reply) => {
    const order = orderOf(orders, request.params);
    if (!order) return sendPage(reply.code(404), missingPage());
    return sendPage(reply, orderPage(order, events?.about(order.token)));
  });

  app.get('/orders/:id/events', (request, reply) => {
    const order = orderOf(orders, request.params);
    reply.header('cache-control', 'no-store');
    if (!order || !events) return reply.code(404).send({ error: 'not_found' });
    const data = events.about(order.token).map(({ token: _, ...event }) => event);
    return reply.send({ data });
  });
}

/** Where the page goes next; after a decline it stays. */
function answer(reply: FastifyReply, { id, payment }: Order): FastifyReply {
  if (payment.state === 'declined') {
    return reply.code(402).send({ error: 'declined', code: payment.code });
  }
  const url = `/orders/${id}${payment.state === 'challenge_required' ? '/challenge' : ''}`;
  return reply.code(201).send({ order: { id, url } });
}

/** What is known of an order that was not charged. */
function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof CardIsGone) return reply.code(409).send({ error: 'card_is_gone' });
  if (error instanceof NotCharged) return reply.code(503).send({ error: 'not_charged' });
  throw error;
}
