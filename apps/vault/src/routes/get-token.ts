import { Token } from '@hushfield/contract/http';
import { isTokenId } from '@hushfield/crypto/token-id';
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import { BackendDoor } from '../tenants/backend-door.ts';
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

/** `GET /v1/tokens/{id}`: metadata, for the tenant's own backend. */
export function getTokenRoute(app: FastifyInstance, vault: Vault): void {
  const door = new BackendDoor(vault);
  app.get('/v1/tokens/:id', async (request, reply) => {
    const key = await door.admit(request, 'tokens:read');
    const { id } = Params.parse(request.params);
    const row = isTokenId(id)
      ? await findToken(vault.sql.as('api', key.tenant), key.tenant, id, new Date(vault.now()))
      : undefined;
    // Malformed, missing, expired and another tenant's are one answer.
    if (row === undefined || row.mode !== key.mode) throw new VaultError('not_found');
    return reply.send(BackendToken.parse({ ...tokenOf(row), fingerprint: row.fingerprint }));
  });
}
