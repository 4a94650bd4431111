import type { FastifyInstance } from 'fastify';
import { VaultError } from '../app/vault-error.ts';
import type { Vault } from '../vault.ts';
import { latestManifest } from '../worker/manifest-store.ts';

/** `/healthz`: the process answers. `/readyz`: it can serve, as far as database and manifest go. */
export function healthRoutes(app: FastifyInstance, vault: Vault): void {
  app.get('/healthz', (_request, reply) => reply.send({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const latest = await latestManifest(vault.sql.as('api')).catch(() => undefined);
    if (latest === undefined) throw new VaultError('service_unavailable');
    return reply.send({ ok: true });
  });
}
