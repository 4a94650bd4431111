import { newId } from '@hushfield/crypto/token-id';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Metrics } from '../operate/metrics.ts';
import { CallerAddresses } from './caller-address.ts';
import type { Log } from './log.ts';
import { noteUnderWay, report } from './report.ts';
import { type Facts, refuse, type Role } from './refuse.ts';
import { JsonRefused, parseStrictJson } from './strict-json.ts';
import { VaultError } from './vault-error.ts';

declare module 'fastify' {
  // Declaration merging needs an interface.
  interface FastifyRequest {
    facts: Facts;
    /** The address it comes from: see CallerAddresses. */
    caller: string;
  }
}

export type AppOptions = {
  readonly role: Role;
  readonly log: Log;
  readonly trustProxy: false | string[];
  /** Who counts; nobody where nothing is worth it. */
  readonly http?: Metrics['http'] | undefined;
  /** Milliseconds that a request may take to arrive. */
  readonly patienceMs?: number;
};

/** Head and body of 16 kB take no honest sender longer. */
const PATIENCE_MS = 15_000;
/** Late requests are looked for this often within their time; Node's own half minute would triple it. */
const LOOKS = 8;
const BODY_LIMIT = 16 * 1024;
const JSON_TYPE = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;

/** What cannot be read as a request is told why by a status alone. */
type Unreadable = readonly ['400' | '408' | '431', words: string];
const UNREADABLE: ReadonlyMap<string, Unreadable> = new Map<string, Unreadable>([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408', 'Request Timeout']],
  ['HPE_HEADER_OVERFLOW', ['431', 'Request Header Fields Too Large']],
]);
const BAD_REQUEST: Unreadable = ['400', 'Bad Request'];

/** A bare HTTP application with the rules that hold for every route of every role. */
export function createApp({
  role,
  log,
  trustProxy,
  http,
  patienceMs = PATIENCE_MS,
}: AppOptions): FastifyInstance {
  const reporter = { role, log, http };
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
    // What still comes on an open connection while this ends is answered, with `Connection: close`.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      // Before any hook: nothing has been noted of it, and nobody else will report it.
      request.facts = {};
      reply.raw.once('finish', () => report(request, reply, reporter));
      void refuse(error, request, reply, reporter);
    },
    clientErrorHandler: (error, socket) => {
      const [status, words] = UNREADABLE.get(error.code) ?? BAD_REQUEST;
      if (role.name !== 'operate') http?.unreadable.add({ role: role.name, status });
      if (socket.writable)
        socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    },
  });
  const callers = new CallerAddresses(log);
  app.decorateRequest('facts');
  app.decorateRequest('caller', '');
  app.addHook('onRequest', async (request, reply) => {
    request.facts = {};
    noteUnderWay(reply, reporter);
    request.caller = callers.of(request);
    refuseServiceWorker(request);
  });
  acceptStrictJson(app);
  app.addHook('onSend', async (request, reply) => complete(request, reply, role));
  app.addHook('onResponse', async (request, reply) => report(request, reply, reporter));
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply, reporter));
  app.setNotFoundHandler((request, reply) =>
    refuse(VaultError.because('not_found', 'no_route'), request, reply, reporter),
  );
  return app;
}

/**
 * Only a registration sends this header. No worker is ever ours, and one that got in by another's
 * script would answer for the frames of every later visit: there is nothing here to make it of.
 */
function refuseServiceWorker(request: FastifyRequest): void {
  if (request.headers['service-worker'] !== undefined)
    throw VaultError.because('policy_denied', 'service_worker');
}

function acceptStrictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) {
      return done(new VaultError('invalid_request', 415, { reason: 'body_type' }));
    }
    try {
      done(null, parseStrictJson(Buffer.from(body)));
    } catch (error) {
      const refusal = VaultError.because('invalid_request', 'body_json');
      done(error instanceof JsonRefused ? refusal : new Error('parser'));
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
