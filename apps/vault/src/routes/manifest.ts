import type { FastifyInstance } from 'fastify';
import { corsHeaders, preflightHeaders } from '../app/security-headers.ts';
import { OneQuestion } from '../app/one-question.ts';
import { VaultError } from '../app/vault-error.ts';
import { latestManifest } from '../worker/manifest-store.ts';
import type { Vault } from '../vault.ts';

/** Short beside the second in which a list that was replaced in a hurry must be gone. */
const LIFE_MS = 250;

/** `GET /v1/keys/manifest`: the signed receive keys. Public; the signature is what counts. */
export function manifestRoute(app: FastifyInstance, vault: Vault): void {
  const { sql, steady } = vault;
  const latest = new OneQuestion(() => latestManifest(sql.as('api')), LIFE_MS, steady);
  app.options('/v1/keys/manifest', (_request, reply) =>
    reply.headers(preflightHeaders(vault.site, 'GET')).code(204).send(),
  );
  app.get('/v1/keys/manifest', async (_request, reply) => {
    reply.headers(corsHeaders(vault.site));
    const manifest = await latest.answer();
    if (manifest === undefined) throw new VaultError('service_unavailable');
    return reply.header('cache-control', 'public, max-age=60').send(manifest.bundle);
  });
}
