import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../app/create-app.ts';
import type { Log } from '../app/log.ts';
import type { Role } from '../app/refuse.ts';
import { apiHeaders } from '../app/security-headers.ts';
import { VaultError } from '../app/vault-error.ts';
import type { Readying } from './readiness.ts';
import type { Registry } from './registry.ts';

/** It has no origin of its own, and nothing of it is for browsers. */
const NOWHERE = 'http://localhost';
const EXPOSITION = 'text/plain; version=0.0.4; charset=utf-8';

const ROLE: Role = {
  name: 'operate',
  headers: {
    ...apiHeaders({ fieldsOrigin: NOWHERE, apiOrigin: NOWHERE }),
    'cross-origin-resource-policy': 'same-origin',
  },
  refuse: ({ code }) => ({ type: 'application/json', body: JSON.stringify({ ok: false, code }) }),
};

type Operated = {
  readonly readying: Readying;
  readonly registry: Registry;
  readonly log: Log;
  /** By which it may be asked, beside its address. */
  readonly names: readonly string[];
};

/**
 * The private listener: whether the process lives, whether it can do its work, and its metrics. For probes and
 * for Prometheus, and no part of what the internet reaches. GET alone.
 */
export function createOperateApp({ readying, registry, log, names }: Operated): FastifyInstance {
  // Probes come every second: a line for each would hide all others. What they find is logged as it turns.
  const app = createApp({ role: ROLE, log: { ...log, info: () => {} }, trustProxy: false });
  app.addHook('onRequest', async ({ headers }) => {
    // A page is told nothing; a person who types the address is. A browser says which of both only where it trusts the
    // address. To a page that was rebound to this one it is of the page's own origin: only the name is wrong.
    const site = headers['sec-fetch-site'];
    const isOfPage = headers.origin !== undefined || (site !== undefined && site !== 'none');
    if (isOfPage || !isOurs(headers.host, names))
      throw VaultError.because('policy_denied', 'other_origin');
  });
  app.get('/healthz', (_request, reply) => reply.send({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const found = await readying.answer();
    return reply.code(found.ok ? 200 : 503).send(found);
  });
  app.get('/metrics', async (_request, reply) => {
    // Also what readiness looks at becomes a metric, and no older than a second.
    await readying.answer();
    return reply.type(EXPOSITION).send(registry.text());
  });
  return app;
}

/** No page can be of a name that is an address. HTTP/1.0 has no name, and no browser speaks it. */
function isOurs(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = host.toLowerCase().replace(/:\d+$/, '');
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || names.includes(name);
}
