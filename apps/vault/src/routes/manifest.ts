import type { FastifyInstance } from 'fastify';
import { corsHeaders, preflightHeaders } from '../app/security-headers.ts';
import { VaultError } from '../app/vault-error.ts';
import { latestManifest } from '../worker/manifest-store.ts';
import type { Vault } from '../vault.ts';

/** `GET /v1/keys/manifest`: the signed receive keys. Public; the signature is what counts. */
export function manifestRoute(app: FastifyInstance, vault: Vault): void {
  app.options('/v1/keys/manifest', (_request, reply) =>
    reply.headers(preflightHeaders(vault.site, 'GET')).code(204).send(),
  );
  app.get('/v1/keys/manifest', async (_request, reply) => {
    reply.headers(corsHeaders(vault.site));
    const latest = await latestManifest(vault.sql.as('api'));
    if (latest === undefined) throw new VaultError('service_unavailable');
    return reply.header('cache-control', 'public, max-age=60').send(latest.bundle);
  });
}
