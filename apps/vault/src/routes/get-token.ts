import { Token } from '@hushfield/contract/http';
import { isTokenId } from '@hushfield/crypto/token-id';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import { authenticate, noteUse } from '../tenants/authenticate.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import { findToken } from '../tokens/token-store.ts';
import { tokenOf } from '../tokens/token-view.ts';
import type { Vault } from '../vault.ts';

/** What a backend may know: the page's token, and the fingerprint that links equal cards. */
export const BackendToken = z.strictObject({
  ...Token.shape,
  fingerprint: z.string().regex(/^fp1_[0-9a-zA-Z]{26}$/),
});
export type BackendToken = z.infer<typeof BackendToken>;

const Params = z.object({ id: z.string() });
const BEARER = /^Bearer (\S{1,200})$/;

/** `GET /v1/tokens/{id}`: metadata, for the tenant's own backend. */
export function getTokenRoute(app: FastifyInstance, vault: Vault): void {
  app.get('/v1/tokens/:id', async (request, reply) => {
    const key = await authenticateBackend(vault, request);
    const { id } = Params.parse(request.params);
    const row = isTokenId(id)
      ? await findToken(vault.sql.as('api', key.tenant), key.tenant, id, new Date(vault.now()))
      : undefined;
    // Malformed, missing, expired and another tenant's are one answer.
    if (row === undefined || row.mode !== key.mode) throw new VaultError('not_found');
    return reply.send(BackendToken.parse({ ...tokenOf(row), fingerprint: row.fingerprint }));
  });
}

async function authenticateBackend(vault: Vault, request: FastifyRequest): Promise<StoredKey> {
  const [, presented] = BEARER.exec(request.headers.authorization ?? '') ?? [];
  if (presented === undefined) throw new VaultError('unauthorized');
  if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
    // A browser sent it: the secret key is in a page, and every visitor has it.
    const leaked = await authenticate(vault, 'sk', presented);
    vault.log.warn(
      { requestId: request.id, role: 'api', tenant: leaked?.tenant, keyId: leaked?.keyId },
      'a secret key came from a browser',
    );
    throw new VaultError('policy_denied');
  }
  const key = await authenticate(vault, 'sk', presented);
  if (key === undefined) throw new VaultError('unauthorized');
  request.facts.tenant = key.tenant;
  request.facts.keyId = key.keyId;
  await noteUse(vault, key);
  return key;
}
