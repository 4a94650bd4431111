import { newId } from '@hushfield/crypto/token-id';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { isOutage } from '../db/outage.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import { CallerAddresses } from './caller-address.ts';
import { JsonRefused, parseStrictJson } from './strict-json.ts';
import { detailOf, type Log } from './log.ts';
import type { Headers } from './security-headers.ts';
import { VaultError } from './vault-error.ts';

/** What a handler may add to the log line of its request. */
export type Facts = { tenant?: string; keyId?: string; code?: string };

declare module 'fastify' {
  // Declaration merging needs an interface.
  interface FastifyRequest {
    facts: Facts;
    /** The address it comes from: see CallerAddresses. */
    caller: string;
  }
}

export type Role = {
  readonly name: 'fields' | 'api';
  /** Headers of every answer that does not set its own. */
  readonly headers: Headers;
  /** Content type and body of a refusal. */
  refuse(error: VaultError, requestId: string): { readonly type: string; readonly body: string };
};

export type AppOptions = {
  readonly role: Role;
  readonly log: Log;
  readonly trustProxy: false | string[];
  /** Milliseconds that a request may take to arrive. */
  readonly patienceMs?: number;
};

/** Head and body of 16 kB take no honest sender longer. */
const PATIENCE_MS = 15_000;
/** Late requests are looked for this often within their time; Node's own half minute would triple it. */
const LOOKS = 8;
const BODY_LIMIT = 16 * 1024;
/** What a route's CORS headers have set, and an error must not take back. */
const CORS_DECIDES: ReadonlySet<string> = new Set(['vary', 'cross-origin-resource-policy']);
const JSON_TYPE = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;

/** What cannot be read as a request is told why by a status alone. */
const UNREADABLE: ReadonlyMap<string, string> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
]);

/** A bare HTTP application with the rules that hold for every route of every role. */
export function createApp({
  role,
  log,
  trustProxy,
  patienceMs = PATIENCE_MS,
}: AppOptions): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: patienceMs,
    // To the constructor as well: set afterwards, beside a longer time for heads, the one for whole
    // requests does not hold for bodies, and one that trickles in keeps its connection for ever.
    http: {
      requestTimeout: patienceMs,
      headersTimeout: patienceMs,
      connectionsCheckingInterval: patienceMs / LOOKS,
    },
    connectionTimeout: 30_000,
    keepAliveTimeout: 20_000,
    forceCloseConnections: 'idle',
    trustProxy,
    // An id from outside could forge log lines or name another's request.
    requestIdHeader: false,
    genReqId: () => newId('req'),
    exposeHeadRoutes: false,
    return503OnClosing: true,
    frameworkErrors: (error, request, reply) => {
      void refuse(error, request, reply, { role, log });
    },
    clientErrorHandler: (error, socket) => {
      const status = UNREADABLE.get(error.code) ?? '400 Bad Request';
      if (socket.writable)
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    },
  });
  const callers = new CallerAddresses(log);
  app.decorateRequest('facts');
  app.decorateRequest('caller', '');
  app.addHook('onRequest', async (request) => {
    request.facts = {};
    request.caller = callers.of(request);
    refuseServiceWorker(request);
  });
  acceptStrictJson(app);
  app.addHook('onSend', async (request, reply) => complete(request, reply, role));
  app.addHook('onResponse', async (request, reply) => report(request, reply, { role, log }));
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, { role, log }));
  app.setNotFoundHandler((request, reply) =>
    refuse(new VaultError('not_found'), request, reply, { role, log }),
  );
  return app;
}

/**
 * Only a registration sends this header. No worker is ever ours, and one that got in by another's
 * script would answer for the frames of every later visit: there is nothing here to make it of.
 */
function refuseServiceWorker(request: FastifyRequest): void {
  if (request.headers['service-worker'] !== undefined) throw new VaultError('policy_denied');
}

function acceptStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      return done(new VaultError('invalid_request', 415));
    }
    try {
      done(null, parseStrictJson(Buffer.from(body)));
    } catch (error) {
      done(error instanceof JsonRefused ? new VaultError('invalid_request') : new Error('parser'));
    }
  });
}

function complete(request: FastifyRequest, reply: FastifyReply, role: Role): void {
  // All or nothing: a file must not get the policy of a page on top of its own.
  if (!reply.hasHeader('content-security-policy')) {
    for (const [name, value] of Object.entries(role.headers)) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
  }
  reply.header('x-request-id', request.id);
}

type Reporter = { readonly role: Role; readonly log: Log };

function report(request: FastifyRequest, reply: FastifyReply, { role, log }: Reporter): void {
  log.info(
    {
      requestId: request.id,
      role: role.name,
      // The pattern, never the URL: a caller may write anything into a URL, also a card number.
      route: request.routeOptions.url ?? '(none)',
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      tenant: request.facts?.tenant,
      keyId: request.facts?.keyId,
      code: request.facts?.code,
    },
    'request',
  );
}

function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { role, log }: Reporter,
): FastifyReply {
  const shown = shownAs(error);
  if (shown.status >= 500) {
    log.error({ requestId: request.id, role: role.name, detail: detailOf(error) }, 'failed');
  }
  if (request.facts) request.facts.code = shown.code;
  const { type, body } = role.refuse(shown, request.id);
  // Errors keep the CORS headers that a route has set, but no policy of the page that failed.
  const cors = reply.hasHeader('access-control-allow-origin');
  for (const [name, value] of Object.entries(role.headers)) {
    if (!(cors && CORS_DECIDES.has(name))) reply.header(name, value);
  }
  // Nor is it in the encoding of the body that it takes the place of.
  reply.removeHeader('content-encoding');
  if (shown.retryAfter !== undefined) reply.header('retry-after', shown.retryAfter);
  return reply.header('x-request-id', request.id).code(shown.status).type(type).send(body);
}

/**
 * Outside, everything unforeseen is one answer; what happened stands in the log. Only the status
 * differs: frames repeat a request after 503, and not after a mistake of ours that would come again.
 */
function shownAs(error: unknown): VaultError {
  if (error instanceof VaultError) return error;
  if (error instanceof KeysUnavailable || isOutage(error))
    return new VaultError('service_unavailable');
  const status = isFastifyError(error) ? (error.statusCode ?? 500) : 500;
  return status >= 400 && status < 500
    ? new VaultError('invalid_request', status)
    : new VaultError('service_unavailable', status === 503 ? 503 : 500);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_');
}
