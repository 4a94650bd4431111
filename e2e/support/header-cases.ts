import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from './deployment.ts';
import * as table from './header-table.ts';
import { type Asked, ask } from './raw-answer.ts';
import { ROOT } from './server-process.ts';

export type Place = { readonly site: table.Site; readonly fields: string; readonly api: string };
export type Case = Asked & {
  readonly path: string;
  readonly status: number;
  readonly expected: Readonly<Record<string, unknown>>;
};

export const IFRAME = { 'sec-fetch-dest': 'iframe' };
export const JSON_TYPE = { 'content-type': 'application/json' };

const sdkVersion = () =>
  String(JSON.parse(readFileSync(join(ROOT, 'packages/sdk/package.json'), 'utf8')).version);
const assets = () => readdirSync(join(ROOT, 'apps/fields/dist/assets'));
const hash = (kind: 'sha256' | 'sha384', text: string | Buffer) =>
  `'${kind}-${createHash(kind).update(text).digest('base64')}'`;

export function refusals(
  { site }: Place,
  { publishableKey, secretKey }: Deployment['keys'],
): Case[] {
  const at = (path: string, status: number, asked: Asked = {}): Case => ({
    ...asked,
    path,
    status,
    expected: table.page(site),
  });
  const unknown = ['pk_test_x', '__proto__', secretKey, `${publishableKey.slice(0, -1)}~`];
  const dests = ['document', 'empty', 'script', 'object', 'embed', 'iframe, iframe'];
  const roles = [...Object.keys(SEEN), 'controller'].flatMap((role) => {
    const own = `/f1/${publishableKey}/${role}`;
    return [
      at(own, 403),
      ...dests.map((dest) => at(own, 403, { headers: { 'sec-fetch-dest': dest } })),
      ...unknown.map((key) => at(`/f1/${key}/${role}`, 404, { headers: IFRAME })),
      ...['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE'].map((method) =>
        at(own, 404, { method, headers: IFRAME }),
      ),
      at(`${own}/`, 404, { headers: IFRAME }),
      at(`/f1/${'x'.repeat(200)}/${role}`, 414, { headers: IFRAME }),
    ];
  });
  const others = [0, 2, 3, 4, 5, 6, 7, 8, 9].map((version) =>
    at(`/f${version}/${publishableKey}/field`, 410, { headers: IFRAME }),
  );
  const nowhere = [
    '/',
    '/metrics',
    '/healthz',
    '/v1/tokenize',
    '/v1/keys/manifest',
    '/f1',
    '/f10/x',
  ]
    .concat('/favicon.ico', '/robots.txt', '/assets/', '/assets/..%2fframes.json', '/frames.json')
    .concat('/sdk/0.0.0/hushfield.js', '/assets/notes.txt', '/sdk/v1/../../package.json');
  const posted = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' };
  return [
    ...roles,
    ...others,
    ...nowhere.map((path) => at(path, 404)),
    at('/', 404, posted),
    at('/%zz', 400),
  ];
}

export function files({ site }: Place): Case[] {
  const encodings = ['identity', 'gzip', 'br', 'br;q=0, gzip;q=0'];
  const paths = [
    ...assets().map((name) => [`/assets/${name}`, 'year'] as const),
    [`/sdk/${sdkVersion()}/hushfield.js`, 'year'] as const,
    ['/sdk/v1/hushfield.js', 'minutes'] as const,
  ];
  return paths.flatMap(([path, life]) =>
    encodings.map((encoding) => ({
      path,
      status: 200,
      headers: { 'accept-encoding': encoding },
      expected: { ...table.script(site, life), ...contentEncoding(encoding) },
    })),
  );
}

const contentEncoding = (accepted: string): table.Headers =>
  accepted === 'gzip' || accepted === 'br' ? { 'content-encoding': accepted } : {};

/** Where the documents that a person sees are, and which of the built ones each is. */
const SEEN = {
  field: 'field',
  iban: 'secret',
  accountNumber: 'secret',
  text: 'secret',
  reveal: 'reveal',
  copyButton: 'reveal',
} as const;

type Seen = keyof typeof SEEN;

/** The hashes of files that a policy names, made from what was served. */
async function hashes(place: Place, of: (name: string) => boolean): Promise<string[]> {
  const names = assets().filter((name) => name.endsWith('.js') && of(name));
  return Promise.all(
    names.map(async (name) => hash('sha384', (await ask(place.fields, `/assets/${name}`)).body)),
  );
}

/** What a document that carries its app must be sent with. */
async function seen(place: Place, path: string, element: Seen): Promise<table.Headers> {
  const inline = (await ask(place.fields, path, { headers: IFRAME })).body.toString();
  const own = (tag: string) => new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(inline)?.[1] ?? '';
  const code = [...inline.matchAll(/<script(?![^>]*(?:json|src))[^>]*>([^]*?)<\/script>/g)];
  if (code.length !== 1) throw new Error(`${code.length} inline scripts in ${element}`);
  const kind = SEEN[element];
  // What a card fetches when it is wanted, no other document may.
  const starts = ['looks-', `${kind}-texts-`, ...(kind === 'field' ? ['more-'] : [])];
  const chunks = starts.map((start) => hashes(place, (name) => name.startsWith(start)));
  const pinned = (await Promise.all(chunks)).flat();
  const script = [hash('sha256', code[0]?.[1] ?? ''), ...pinned].join(' ');
  return table.field(
    place.site,
    { script, style: hash('sha256', own('style')) },
    element === 'copyButton' ? ['clipboard-write'] : [],
  );
}

/** All frame documents; the hashes of a policy, made from what was served and not from what the build says of itself. */
export async function frames(place: Place, key: string): Promise<Case[]> {
  const at = (role: string) => `/f1/${key}/${role}`;
  const documents = await Promise.all(
    (Object.keys(SEEN) as Seen[]).map(async (element) => ({
      path: at(element),
      expected: await seen(place, at(element), element),
    })),
  );
  const controller = table.controller(place.site, {
    script: (await hashes(place, (name) => /^(controller|fallback)-/.test(name))).join(' '),
    style: "'none'",
  });
  return ['identity', 'gzip', 'br'].flatMap((encoding) => {
    const asked = { status: 200, headers: { ...IFRAME, 'accept-encoding': encoding } };
    return [
      ...documents.map(({ path, expected }) => ({
        ...{ ...asked, path },
        expected: { ...expected, ...contentEncoding(encoding) },
      })),
      // Never compressed: it holds the ticket.
      { ...asked, path: at('controller'), expected: controller },
    ];
  });
}

const ORIGINS = ['https://evil.example', 'null', 'http://localhost'];

/** The page of the reference: its policy knows its style by what the style is. */
export async function referenceCase({ site, api }: Place): Promise<Case> {
  const path = '/v1/docs';
  const { body } = await ask(api, path, {});
  const style = /<style>([^]*?)<\/style>/.exec(body.toString())?.[1] ?? '';
  return { path, status: 200, expected: table.referencePage(site, hash('sha256', style)) };
}

export function apiCases({ site }: Place, { secretKey }: Deployment['keys']): Case[] {
  const at = (path: string, status: number, asked: Asked = {}, more: table.Headers = {}): Case => ({
    ...asked,
    path,
    status,
    expected: { ...table.problem(site), ...more },
  });
  const fine = (path: string, asked: Asked = {}, more: table.Headers = {}): Case => ({
    ...at(path, 200, asked),
    expected: { ...table.api(site), ...more },
  });
  const shared = table.shared(site);
  const cached = { ...shared, 'cache-control': 'public, max-age=60' };
  const post = (headers: NonNullable<Asked['headers']>, body: string) => ({
    method: 'POST',
    headers,
    body,
  });
  const fields = { ...JSON_TYPE, origin: site.fields };
  const bearer = { authorization: `Bearer ${secretKey}` };
  const preflights = (['GET /v1/keys/manifest', 'POST /v1/tokenize'] as const).flatMap((route) => {
    const [method = '', path = ''] = route.split(' ');
    return [site.fields, ...ORIGINS].map((origin) => ({
      path,
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method },
      status: 204,
      expected: table.preflight(site, method),
    }));
  });
  return [
    ...preflights,
    fine('/v1/keys/manifest', {}, cached),
    ...[site.fields, ...ORIGINS].map((origin) =>
      fine('/v1/keys/manifest', { headers: { origin } }, cached),
    ),
    at('/v1/tokenize', 403, post(JSON_TYPE, '{}')),
    ...[...ORIGINS, site.shop].map((origin) =>
      at('/v1/tokenize', 403, post({ ...JSON_TYPE, origin }, '{}')),
    ),
    at('/v1/tokenize', 400, post(fields, '{}'), shared),
    at('/v1/tokenize', 400, post({ origin: site.fields }, ''), shared),
    // Refused before the route is reached, so without its permission to be read.
    at('/v1/tokenize', 400, post(fields, '{')),
    at('/v1/tokenize', 400, post(fields, '{"__proto__":1}')),
    at('/v1/tokenize', 413, post(fields, `"${'x'.repeat(20_000)}"`)),
    at('/v1/tokenize', 415, post({ 'content-type': 'text/plain', origin: site.fields }, '{}')),
    at('/v1/tokenize', 415, post({ 'content-type': 'application/json; charset=latin1' }, '{}')),
    at('/v1/tokens/x', 401),
    at('/v1/tokens/x', 401, { headers: { authorization: 'Bearer sk_test_x' } }),
    at('/v1/tokens/x', 401, { headers: { authorization: 'Basic eDp5' } }),
    at('/v1/tokens/x', 404, { headers: bearer }),
    at('/v1/tokens/x', 403, { headers: { ...bearer, origin: site.fields } }),
    at('/v1/tokens/x', 403, { headers: { ...bearer, 'sec-fetch-site': 'same-origin' } }),
    at('/v1/tokens/x', 404, { method: 'OPTIONS', headers: { origin: site.fields } }),
    at(`/v1/tokens/${'x'.repeat(200)}`, 414, { headers: bearer }),
    ...[
      '/',
      '/metrics',
      '/healthz',
      '/readyz',
      '/v1',
      '/v1/tokenize',
      '/v1/openapi',
      '/f1/x/field',
    ].map((path) => at(path, 404)),
    ...['/v1/tokens', '/v1/api_keys', '/v1/customers/x', '/v1/tokens/x/reveal'].map((path) =>
      at(path, path.startsWith('/v1/customers') || path.endsWith('reveal') ? 404 : 401),
    ),
    fine('/v1/openapi.json', {}, table.reference(site)),
    ...['HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'].map((method) =>
      at('/readyz', 404, { method }),
    ),
    at('/%zz', 400),
  ];
}
