import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../openapi/document.ts';
import { referenceHeaders } from '../app/security-headers.ts';
import { referencePage, STYLE_HASH } from '../openapi/page.ts';
import type { Vault } from '../vault.ts';

const CACHE = 'public, max-age=300';

/** `GET /v1/openapi.json` and `GET /v1/docs`: what the API is, for programs and for people. */
export function referenceRoutes(app: FastifyInstance, { site }: Vault): void {
  const document = JSON.stringify(openApiDocument(site.apiOrigin));
  const page = referencePage();
  app.get('/v1/openapi.json', (_request, reply) =>
    reply.header('cache-control', CACHE).type('application/json; charset=utf-8').send(document),
  );
  app.get('/v1/docs', (_request, reply) =>
    reply.headers(referenceHeaders(site, STYLE_HASH)).type('text/html; charset=utf-8').send(page),
  );
}
