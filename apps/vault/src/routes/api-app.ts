import type { FastifyInstance } from 'fastify';
import { createApp } from '../app/create-app.ts';
import { apiRole } from '../app/role-answers.ts';
import type { Vault } from '../vault.ts';
import { burnTicketRoute } from './burn-ticket.ts';
import { getTokenRoute } from './get-token.ts';
import { healthRoutes } from './health.ts';
import { manifestRoute } from './manifest.ts';
import { tokenizeRoute } from './tokenize.ts';

/** The api role. */
export function createApiApp(vault: Vault): FastifyInstance {
  const { site, log, trustProxy } = vault;
  const app = createApp({ role: apiRole(site), log, trustProxy });
  tokenizeRoute(app, vault);
  burnTicketRoute(app, vault);
  getTokenRoute(app, vault);
  manifestRoute(app, vault);
  healthRoutes(app, vault);
  return app;
}
