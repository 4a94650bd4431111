import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Shop } from '../app.ts';
import { challengePage } from '../pages/challenge-page.ts';
import { isOwnPage } from '../same-origin.ts';
import { type Desk, orderOf, sendPage } from './orders.ts';
import { missingPage } from '../pages/order-page.ts';

const Answer = z.object({ outcome: z.enum(['approved', 'refused']) });

/**
 * What a shopper may do with an order by a plain form: answer the bank (`/challenge`), and have the gateway asked what
 * became of a payment (`/look-up`).
 */
export function challengeRoutes(app: FastifyInstance, shop: Shop, { orders, cashier }: Desk): void {
  app.get('/orders/:id/challenge', (request, reply) => {
    const order = orderOf(orders, request.params);
    if (!order) return sendPage(reply.code(404), missingPage());
    if (order.payment.state !== 'challenge_required') return reply.redirect(`/orders/${order.id}`);
    return sendPage(reply, challengePage(order));
  });

  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: unknown, body: string | Buffer) =>
        Object.fromEntries(new URLSearchParams(String(body))),
    );
    scope.addHook('preHandler', async (request, reply) => {
      if (isOwnPage(request.headers, shop.shopOrigin)) return;
      await reply.code(403).send({ error: 'foreign_page' });
    });

    scope.post('/orders/:id/challenge', (request, reply) => {
      const order = orderOf(orders, request.params);
      const answer = Answer.safeParse(request.body);
      if (!order || !answer.success) return reply.code(400).send({ error: 'bad_request' });
      return cashier
        .confirm(order, answer.data.outcome)
        .then(() => reply.redirect(`/orders/${order.id}`, 303));
    });

    scope.post('/orders/:id/look-up', (request, reply) => {
      const order = orderOf(orders, request.params);
      if (!order) return reply.code(400).send({ error: 'bad_request' });
      return cashier.lookUp(order).then(() => reply.redirect(`/orders/${order.id}`, 303));
    });
  });
}
