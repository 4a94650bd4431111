import { AlreadyAnswered, API, type Route } from '@hushfield/contract/api';
import { messageOf } from '@hushfield/contract/errors';
import { type Refusal, refusalsOf } from './refusals.ts';
import { type Json, jsonSchema, namedSchemas } from './schemas.ts';

const ABOUT = `Everything a merchant's backend does with tokens. Frames in shoppers' browsers make them; no
route here takes a security code, only one gives out a card, and one sends it on to where you have approved.

Authenticate with \`Authorization: Bearer <secret or restricted key>\`, from a server: a key that comes
from a browser is refused and reported. What is not in a schema is refused. Errors are problem+json
(RFC 9457) with a \`code\` that never changes its meaning and a \`requestId\` for your and our logs. What
cannot be read as HTTP is answered by a status alone.`;

/**
 * The reference as data, from the schemas that requests and answers are parsed with.
 *
 * @param server - the API's own origin.
 */
export function openApiDocument(server: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of Object.values<Route>(API)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hushfield',
      version: '1',
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    security: [{ key: [] }],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A secret or restricted API key.' },
      },
    },
  };
}

function operation(route: Route): Json {
  const { id, summary, about, scope, body } = route;
  return {
    operationId: id,
    tags: [route.path.split('/')[2] ?? ''],
    summary,
    description: `${about}\n\nNeeds the scope \`${scope}\`.`,
    parameters: [
      ...parameters(route.params, 'path'),
      ...parameters(route.query, 'query'),
      ...repeatable(route),
    ],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: content(jsonSchema(body, 'input')) } }),
    responses: responses(route),
  };
}

function parameters(schema: Route['query'], place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, own]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: own,
  }));
}

function repeatable({ idempotent, keepsName }: Route): Json[] {
  if (!idempotent) return [];
  const description =
    'A name of your own for this request. For 24 hours the same request with it gets the same answer and does nothing more. A name belongs to its API key, and to the one that is made in its place by rolling it.';
  const schema = { type: 'string', pattern: '^[!-~]{1,255}$' };
  return [
    { name: 'Idempotency-Key', in: 'header', required: keepsName === true, description, schema },
  ];
}

function responses(route: Route): Json {
  const { status, answer, secretAnswer } = route;
  const shape = answer && jsonSchema(answer, 'output');
  const repeated = jsonSchema(AlreadyAnswered, 'output');
  const good = secretAnswer ? { oneOf: [shape, repeated] } : shape;
  return {
    [status]: { description: 'Done.', ...(good === undefined ? {} : { content: content(good) }) },
    ...problems(refusalsOf(route)),
  };
}

/** Refusals by status: several codes may share one. */
function problems(refusals: readonly Refusal[]): Json {
  const byStatus = new Map<number, string[]>();
  for (const { status, code } of refusals)
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${messageOf(code)}`]);
  const schema = { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      { description: lines.join('\n\n'), content: { 'application/problem+json': { schema } } },
    ]),
  );
}

function content(schema: Json): Json {
  return { 'application/json': { schema } };
}
