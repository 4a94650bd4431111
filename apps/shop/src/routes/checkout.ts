import type { Hushfield } from '@hushfield/node';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Shop } from '../app.ts';
import { checkoutPage } from '../pages/checkout-page.ts';
import { isOwnPage } from '../same-origin.ts';

/** How long a page may wait for its session. */
const PATIENCE_MS = 2_000;

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

/**
 * `GET /` shows the checkout under a session of its own; `POST /session` gives the page the next one, for a
 * shopper who took longer than the first lasts.
 */
export function checkoutRoute(app: FastifyInstance, shop: Shop, hushfield: Hushfield): void {
  const newSession = async (options: { signal?: AbortSignal } = {}) => {
    const { session } = await hushfield.sessions.create({ origins: [shop.shopOrigin] }, options);
    return session;
  };

  app.get('/', async (request, reply) => {
    const { publishableKey, fieldsOrigin } = shop;
    // A shop whose vault is away for a moment still has a page to show; the script asks again.
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const session = await newSession({ signal }).catch(() => '');
    const facts = { publishableKey, fieldsOrigin, session };
    const html = checkoutPage(Query.parse(request.query), facts);
    reply.type('text/html; charset=utf-8').header('cache-control', 'private, no-cache');
    return reply.send(html);
  });

  app.post('/session', async (request, reply) => {
    if (!isOwnPage(request.headers, shop.shopOrigin)) {
      return reply.code(403).send({ error: 'foreign_page' });
    }
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .send({ session: await newSession() });
  });
}
