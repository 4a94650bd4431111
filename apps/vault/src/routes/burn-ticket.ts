import { BurnRequest } from '@hushfield/contract/http';
import { newId } from '@hushfield/crypto/token-id';
import type { FastifyInstance } from 'fastify';
import { corsHeaders, preflightHeaders } from '../app/security-headers.ts';
import { VaultError } from '../app/vault-error.ts';
import { BurnLimits } from '../limits/burn-limits.ts';
import { burnAttempts } from '../tokens/token-store.ts';
import type { Vault } from '../vault.ts';
import { TicketDoor } from './ticket-door.ts';

/**
 * `POST /v1/tickets/burn`, from the fields origin only: a frame that had to lock itself gives up its
 * ticket. Whoever holds a ticket can only take its own remaining attempts away. Answers 204, the
 * second time too, and then without the database.
 */
export function burnTicketRoute(app: FastifyInstance, vault: Vault): void {
  const door = new TicketDoor(vault);
  const limits = new BurnLimits(vault);
  app.options('/v1/tickets/burn', (_request, reply) =>
    reply.headers(preflightHeaders(vault.site, 'POST')).code(204).send(),
  );
  app.post('/v1/tickets/burn', async (request, reply) => {
    if (request.headers.origin !== vault.site.fieldsOrigin)
      throw VaultError.because('origin_not_allowed', 'other_origin');
    reply.headers(corsHeaders(vault.site));
    const body = BurnRequest.safeParse(request.body);
    if (!body.success) throw VaultError.because('invalid_request', 'body_form');
    const { parentOrigin, reason } = body.data;
    const { claims } = await door.admit(request, body.data);
    await limits.once(request.caller, claims, () =>
      burnAttempts(vault.sql.as('api', claims.tenant), claims, reason, {
        entryId: newId('aud'),
        at: new Date(vault.now()),
        actor: `key:${claims.key}`,
        origin: parentOrigin,
        requestId: request.id,
      }),
    );
    return reply.code(204).send();
  });
}
