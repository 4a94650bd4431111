import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Shop } from '../app.ts';
import { checkoutPage } from '../pages/checkout-page.ts';

/** Ways to show the checkout, for the demo and its tests; anything else is the default. */
const Query = z.object({
  layout: z.enum(['card', 'separate']).catch('card'),
  theme: z.enum(['light', 'dark', 'auto']).catch('auto'),
  name: z
    .literal('1')
    .transform(() => true)
    .catch(false),
});
export type View = z.infer<typeof Query>;

/** `GET /` */
export function checkoutRoute(app: FastifyInstance, shop: Shop): void {
  app.get('/', (request, reply) => {
    const { publishableKey, fieldsOrigin } = shop;
    const html = checkoutPage(Query.parse(request.query), { publishableKey, fieldsOrigin });
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html);
  });
}
