import { TokenizeReply, TokenizeRequest } from '@hushfield/contract/http';
import type { FastifyInstance } from 'fastify';
import { corsHeaders, preflightHeaders } from '../app/security-headers.ts';
import { VaultError } from '../app/vault-error.ts';
import { noteTrip } from '../limits/note-trip.ts';
import { TokenizeLimits } from '../limits/tokenize-limits.ts';
import { SessionDoor } from './session-door.ts';
import { TicketDoor } from './ticket-door.ts';
import { answerSealed } from '../tokens/answer-sealed.ts';
import { wasAnswered } from '../tokens/attempt.ts';
import type { Vault } from '../vault.ts';

// Opening is work on the one thread that answers everyone: beyond this, waiting only adds timeouts.
const MAX_AT_ONCE = 256;

/**
 * `POST /v1/tokenize`, from the fields origin only. Cheap checks first: form, ticket, key, session, limits; a
 * seal is opened only for a caller who was given a ticket.
 */
export function tokenizeRoute(app: FastifyInstance, vault: Vault): void {
  const door = new TicketDoor(vault);
  const sessions = new SessionDoor(vault);
  const limits = new TokenizeLimits(vault);
  let underWay = 0;
  app.options('/v1/tokenize', (_request, reply) =>
    reply.headers(preflightHeaders(vault.site, 'POST')).code(204).send(),
  );
  app.post('/v1/tokenize', async (request, reply) => {
    if (request.headers.origin !== vault.site.fieldsOrigin)
      throw VaultError.because('origin_not_allowed', 'other_origin');
    reply.headers(corsHeaders(vault.site));
    if (underWay >= MAX_AT_ONCE) throw VaultError.because('service_unavailable', 'at_once');
    underWay += 1;
    try {
      const body = parseRequest(request.body);
      const admitted = await door.admit(request, body);
      const { claims } = admitted;
      if (body.attempt > claims.attempts)
        throw VaultError.because('unauthorized', 'ticket_attempts');
      const session = await sessions.admit(admitted, body);
      const input = { claims, session, request: body, requestId: request.id };
      const isRepeat = () => wasAnswered(vault.sql, input);
      if (await limits.take(request.caller, { key: claims.key, session, isRepeat }))
        await noteTrip(vault, claims, request.id);
      const { what, outcome, sealed } = await answerSealed(vault, limits, input);
      vault.metrics.http.tokenizations.add({ what, outcome });
      // Outside it is a 200 like any other; whoever brings its id finds here what the shopper was told.
      if (outcome !== 'ok') request.facts.code = outcome;
      if (outcome === 'rate_limited') request.facts.reason = 'limit_bin';
      return reply.send(TokenizeReply.parse({ v: 1, reply: sealed }));
    } finally {
      underWay -= 1;
    }
  });
}

function parseRequest(body: unknown): TokenizeRequest {
  const parsed = TokenizeRequest.safeParse(body);
  if (!parsed.success) throw VaultError.because('invalid_request', 'body_form');
  return parsed.data;
}
