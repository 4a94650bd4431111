import type { FastifyInstance } from 'fastify';
import { VaultError } from '../app/vault-error.ts';
import type { LatestManifest } from './manifest.ts';

/** `/healthz`: the process answers. `/readyz`: it can serve, as far as database and manifest go. */
export function healthRoutes(app: FastifyInstance, latest: LatestManifest): void {
  app.get('/healthz', (_request, reply) => reply.send({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const manifest = await latest.answer().catch(() => undefined);
    if (manifest === undefined) throw new VaultError('service_unavailable');
    return reply.send({ ok: true });
  });
}
