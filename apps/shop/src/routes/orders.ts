import { type Hushfield, HushfieldError } from '@hushfield/node';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Shop } from '../app.ts';
import { TOTAL_CENTS } from '../basket.ts';
import type { Orders } from '../orders.ts';
import { missingPage, orderPage } from '../pages/order-page.ts';
import { isOwnPage } from '../same-origin.ts';

const NewOrder = z.strictObject({
  token: z.string().regex(/^tok_(test|live)_[0-9A-Za-z]{28}$/),
  email: z.email().max(254).optional(),
});
const Params = z.object({ id: z.string().max(64) });

/** A token that is nobody's is a mistake of the page; all else is an outage of ours. */
function unknown(error: unknown): undefined {
  if (!(error instanceof HushfieldError && error.code === 'not_found')) throw error;
}

/** `POST /orders` pays; `GET /orders/{id}` shows what was bought. */
export function orderRoutes(
  app: FastifyInstance,
  shop: Shop,
  { hushfield, orders }: { readonly hushfield: Hushfield; readonly orders: Orders },
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
    const order = orders.place(token, { email: body.data.email, cents: TOTAL_CENTS });
    return reply.code(201).send({ order: { id: order.id } });
  });

  app.get('/orders/:id', (request, reply) => {
    const params = Params.safeParse(request.params);
    const order = params.success ? orders.find(params.data.id) : undefined;
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    return order ? reply.send(orderPage(order)) : reply.code(404).send(missingPage());
  });
}
