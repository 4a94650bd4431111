import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { Hushfield } from '@hushfield/node';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { Cashier } from './charge/cashier.ts';
import type { Config } from './config.ts';
import type { Keys } from './keys.ts';
import { Orders } from './orders.ts';
import { challengeRoutes } from './routes/challenge.ts';
import { checkoutRoute } from './routes/checkout.ts';
import { orderRoutes } from './routes/orders.ts';
import { webhookRoute } from './routes/webhooks.ts';
import { pageHeaders } from './security-policy.ts';
import type { Arrangement } from './arrange.ts';
import { ReceivedEvents } from './webhooks/received.ts';

const PUBLIC = join(import.meta.dirname, '../public');

/** What the routes share. */
export type Shop = Config & Keys;

/**
 * The shop's whole server: pages for a checkout, an order and a bank's question, what they do, and the door for webhooks.
 *
 * @param arrangement - what this shop charges through, and how it knows what the vault tells it.
 */
export function createShop(
  shop: Shop,
  hushfield: Hushfield,
  { gateway, hook }: Arrangement,
): FastifyInstance {
  const headers = pageHeaders(shop.fieldsOrigin);
  const app = Fastify({
    logger: false,
    bodyLimit: 4_096,
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply) => {
      refuse(reply.headers(headers), 400, 'bad_request');
    },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
  // Plain forms and text are what a foreign page can post without asking.
  app.removeContentTypeParser('text/plain');
  app.register(fastifyStatic, { root: PUBLIC, index: false, maxAge: 0 });
  app.get('/healthz', async () => ({ ok: true }));
  checkoutRoute(app, shop, hushfield);
  const orders = new Orders();
  const events = hook && new ReceivedEvents();
  const desk = { hushfield, orders, cashier: new Cashier(orders, gateway), events };
  orderRoutes(app, shop, desk);
  challengeRoutes(app, shop, desk);
  if (hook && events) webhookRoute(app, hook, events);
  // The framework's own answer repeats the URL, into which anyone may have written anything.
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'not_found'));
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) process.stderr.write(`shop: ${nameOf(error)}\n`);
    return reply.code(status).send({ error: status >= 500 ? 'unavailable' : 'bad_request' });
  });
  return app;
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : 502;
}

/** An error's message may quote what came in; its name does not. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
