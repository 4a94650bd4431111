import type { FastifyInstance } from 'fastify';
import { auditHandlers } from '../api/audit-handlers.ts';
import { bindRoutes } from '../api/bind-routes.ts';
import { destinationHandlers } from '../api/destination-handlers.ts';
import { forwardHandlers } from '../api/forward-handlers.ts';
import { eventHandlers } from '../api/event-handlers.ts';
import { grantHandlers } from '../api/grant-handlers.ts';
import { keyHandlers } from '../api/key-handlers.ts';
import { sessionHandlers } from '../api/session-handlers.ts';
import { tokenHandlers } from '../api/token-handlers.ts';
import { webhookHandlers } from '../api/webhook-handlers.ts';
import { createApp } from '../app/create-app.ts';
import { apiRole } from '../app/role-answers.ts';
import type { Vault } from '../vault.ts';
import { burnTicketRoute } from './burn-ticket.ts';
import { manifestRoute } from './manifest.ts';
import { referenceRoutes } from './reference.ts';
import { tokenizeRoute } from './tokenize.ts';

/** The api role. */
export function createApiApp(vault: Vault): FastifyInstance {
  const { site, log, trustProxy, metrics } = vault;
  const app = createApp({ role: apiRole(site), log, trustProxy, http: metrics.http });
  tokenizeRoute(app, vault);
  burnTicketRoute(app, vault);
  bindRoutes(app, vault, {
    ...tokenHandlers(vault),
    ...grantHandlers(vault),
    ...keyHandlers(vault),
    ...sessionHandlers(vault),
    ...auditHandlers(vault),
    ...destinationHandlers(vault),
    ...forwardHandlers(vault),
    ...webhookHandlers(vault),
    ...eventHandlers(),
  });
  manifestRoute(app, vault);
  referenceRoutes(app, vault);
  return app;
}
