/**
 * Every route there is, as its series is called. Written out: a label is one of a list, and never what a
 * caller has sent. A test holds the list against the routes that are registered.
 */
export const ROUTES = [
  '/v1/tokenize',
  '/v1/tickets/burn',
  '/v1/keys/manifest',
  '/v1/openapi.json',
  '/v1/docs',
  '/v1/tokens',
  '/v1/tokens/:id',
  '/v1/tokens/:id/reveal',
  '/v1/grants',
  '/v1/customers/:customer',
  '/v1/sessions',
  '/v1/sessions/:id',
  '/v1/api_keys',
  '/v1/api_keys/:id',
  '/v1/api_keys/:id/roll',
  '/v1/audit',
  '/v1/audit/checkpoint',
  '/v1/audit/:id/proof',
  '/v1/destinations',
  '/v1/destinations/:id',
  '/v1/forward',
  '/v1/webhook_endpoints',
  '/v1/webhook_endpoints/:id',
  '/v1/webhook_endpoints/:id/roll_secret',
  '/v1/webhook_endpoints/:id/replay',
  '/v1/webhook_endpoints/:id/deliveries',
  '/v1/events',
  '/v1/events/:id',
  '/f1/:key/field',
  '/f1/:key/iban',
  '/f1/:key/accountNumber',
  '/f1/:key/text',
  '/f1/:key/reveal',
  '/f1/:key/copyButton',
  '/f1/:key/controller',
  '/assets/*',
  '/sdk/*',
  '/fonts/*',
  '/f*',
  '(none)',
] as const;
export type RouteName = (typeof ROUTES)[number];

const KNOWN: ReadonlyMap<string, RouteName> = new Map(ROUTES.map((name) => [name, name]));

/** @param pattern - as the route was registered; nothing where no route was met. */
export function routeName(pattern: string | undefined): RouteName {
  if (pattern === undefined) return '(none)';
  // Files whose names change with each build, and the frames of other protocols.
  if (pattern.startsWith('/assets/')) return '/assets/*';
  if (pattern.startsWith('/sdk/')) return '/sdk/*';
  if (pattern.startsWith('/fonts/')) return '/fonts/*';
  if (/^\/f\d\/\*$/.test(pattern)) return '/f*';
  return KNOWN.get(pattern) ?? '(none)';
}

export const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'other'] as const;
export type MethodName = (typeof METHODS)[number];

const METHOD_NAMES: ReadonlyMap<string, MethodName> = new Map(METHODS.map((name) => [name, name]));

export function methodName(method: string): MethodName {
  return METHOD_NAMES.get(method) ?? 'other';
}

export const STATUSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export function statusClass(status: number): (typeof STATUSES)[number] {
  return STATUSES[Math.floor(status / 100) - 1] ?? '5xx';
}
