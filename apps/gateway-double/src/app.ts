import { STATUS_CODES } from 'node:http';
import Fastify from 'fastify';
import { Accounts } from './accounts.ts';
import { AnswerOnce } from './answer-once.ts';
import type { Certificate } from './certificate.ts';
import type { AccountKey } from './config.ts';
import { readForm } from './form-body.ts';
import { type GatewayApp, type GatewayReply, routeOf } from './gateway.ts';
import { Ledger } from './ledger.ts';
import { Refusal } from './refusal.ts';
import { echo } from './routes/echo.ts';
import { formCharges } from './routes/form-charges.ts';
import { jsonPayments } from './routes/json-payments.ts';

/** So that nobody who looks at an answer takes it for a bank's. */
const HEADERS = {
  'gateway-double': 'moves no money',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

export type Options = {
  readonly certificate: Certificate;
  readonly accounts: readonly AccountKey[];
  /** One line for each request: what was asked for and what was answered, and nothing of either. */
  readonly log?: (line: string) => void;
};

/** The whole double: two interfaces over one ledger in memory. */
export function createGateway({ certificate, accounts, log = () => {} }: Options): GatewayApp {
  const app: GatewayApp = Fastify({
    https: { key: certificate.key, cert: certificate.cert, minVersion: 'TLSv1.2' },
    logger: false,
    bodyLimit: 16_384,
    forceCloseConnections: true,
    // The framework's own answer repeats the URL.
    frameworkErrors: (_error, _request, reply) => {
      say(reply.headers(HEADERS), '', new Refusal(400, 'bad_request', 'Bad Request'));
    },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS);
  });
  app.addHook('onResponse', async (request, reply) => {
    log(JSON.stringify({ at: new Date(), route: routeOf(request), status: reply.statusCode }));
  });
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => readForm(String(body)),
  );
  const gateway = {
    accounts: new Accounts(accounts),
    ledger: new Ledger(),
    once: new AnswerOnce(),
  };
  app.get('/healthz', async () => ({ ok: true, double: true }));
  jsonPayments(app, gateway);
  formCharges(app, gateway);
  echo(app, gateway);
  app.setNotFoundHandler((request, reply) =>
    say(reply, request.url, new Refusal(404, 'not_found', 'There is no such route.')),
  );
  app.setErrorHandler((error, request, reply) => say(reply, request.url, refusalOf(error)));
  return app;
}

function say(reply: GatewayReply, url: string, refusal: Refusal): GatewayReply {
  return reply.code(refusal.status).send(errorBody(url, refusal));
}

/** What the framework says of a request it cannot read may quote it. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const code = status < 500 ? 'bad_request' : 'internal';
  return new Refusal(status, code, STATUS_CODES[status] ?? 'It failed.');
}

function errorBody(url: string, { status, code, message }: Refusal): object {
  if (!url.startsWith('/form/')) return { double: true, status, errorCode: code, message };
  const type = status === 401 ? 'authentication_error' : 'invalid_request_error';
  return { double: true, error: { type, code, message } };
}
