import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ReceivedEvents } from '../webhooks/received.ts';

const LONGEST = 65_536;

/** Reads what the vault sent, or throws: for a body, headers and the secret of the endpoint. */
export type Verify = (
  rawBody: Buffer,
  headers: IncomingHttpHeaders,
) => { readonly id: string; readonly type: string; readonly data: object };

/** `POST /webhooks`: what the vault tells. Nothing is kept, let alone shown, whose signature does not hold. */
export function webhookRoute(app: FastifyInstance, verify: Verify, events: ReceivedEvents): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // The signature is over the bytes that came, and not over what a parser makes of them.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    scope.post('/webhooks', { bodyLimit: LONGEST }, (request, reply) => {
      const event = verified(verify, request.body, request.headers);
      if (!event) return reply.code(400).send({ error: 'not_verified' });
      const { id, type, data } = event;
      const token = 'token' in data && typeof data.token === 'string' ? data.token : undefined;
      events.keep({ id, type, token, receivedAt: new Date().toISOString() });
      return reply.code(204).send();
    });
  });
}

function verified(verify: Verify, body: unknown, headers: IncomingHttpHeaders) {
  try {
    return Buffer.isBuffer(body) ? verify(body, headers) : undefined;
  } catch {
    return undefined;
  }
}
