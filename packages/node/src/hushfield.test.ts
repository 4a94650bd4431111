import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import type { AnswerOf, API, BackendToken } from '@hushfield/contract/api';
import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest';
import {
  Hushfield,
  HushfieldError,
  type NewApiKey,
  type NewSession,
  type Page,
  type Revealed,
  type Session,
  type Token,
} from './index.ts';

const KEY = `sk_test_${'A'.repeat(46)}`;
const ID = `tok_test_${'a'.repeat(28)}`;
const TOKEN: Token = {
  id: ID,
  object: 'token',
  type: 'card',
  mode: 'test',
  createdAt: '2026-01-02T03:04:05.000Z',
  expiresAt: null,
  card: {
    brand: 'visa',
    networks: ['visa'],
    last4: '4242',
    expMonth: 1,
    expYear: 2030,
    cvcCollected: false,
  },
  cvcExpiresAt: null,
  fingerprint: `fp1_${'f'.repeat(26)}`,
  customer: null,
  metadata: {},
};

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string };
type Reply = (response: ServerResponse) => void;
let server: Server;
let baseUrl: string;
let seen: Seen[];
/** What the server says to each request in turn; the last one goes on. */
let replies: Reply[];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body });
      (replies.length > 1 ? replies.shift() : replies[0])?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => {
  seen = [];
});

const json =
  (status: number, value: unknown, headers = {}): Reply =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(value));
const problem = (status: number, code: string, retryable: boolean, headers = {}) =>
  json(
    status,
    {
      type: `urn:hushfield:error:${code}`,
      title: 'No.',
      status,
      code,
      retryable,
      requestId: 'req_1',
    },
    headers,
  );
const cut: Reply = (response) => response.destroy();
const client = (options = {}) => new Hushfield(KEY, { baseUrl, ...options });
const rejection = (call: Promise<unknown>): Promise<HushfieldError> =>
  call.then(
    () => expect.unreachable(),
    (error: unknown) => error as HushfieldError,
  );

test('has the types of the contract', () => {
  expectTypeOf<BackendToken>().toExtend<Token>();
  expectTypeOf<AnswerOf<typeof API.listTokens>>().toExtend<Page<Token>>();
  expectTypeOf<AnswerOf<typeof API.revealToken>>().toExtend<Revealed>();
  expectTypeOf<AnswerOf<typeof API.createApiKey>>().toExtend<NewApiKey>();
  expectTypeOf<AnswerOf<typeof API.createSession>>().toExtend<NewSession>();
  expectTypeOf<AnswerOf<typeof API.getSession>>().toExtend<Session>();
});

test('asks for what each method says', async () => {
  replies = [json(200, TOKEN)];
  expect(await client().tokens.get(ID)).toStrictEqual(TOKEN);
  await client().tokens.update(ID, { expiresAt: null });
  replies = [json(200, { object: 'list', data: [], nextCursor: null })];
  await client().tokens.page({ customer: 'a:b', limit: 3 });
  replies = [(response) => response.writeHead(204).end()];
  expect(await client().tokens.delete(ID)).toBeUndefined();
  expect(seen.map(({ method, url, body }) => [method, url, body])).toStrictEqual([
    ['GET', `/v1/tokens/${ID}`, ''],
    ['PATCH', `/v1/tokens/${ID}`, '{"expiresAt":null}'],
    ['GET', '/v1/tokens?customer=a%3Ab&limit=3', ''],
    ['DELETE', `/v1/tokens/${ID}`, ''],
  ]);
  expect(seen.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
});

test('walks through all pages as they are asked for', async () => {
  const page = (nextCursor: string | null) =>
    json(200, { object: 'list', data: [TOKEN, TOKEN], nextCursor });
  replies = [page('abc'), page('def'), page(null)];
  let count = 0;
  for await (const token of client().tokens.list({ customer: 'c' })) {
    expect(token.id).toBe(ID);
    count += 1;
  }
  expect([count, seen.map(({ url }) => url.split('cursor=')[1])]).toStrictEqual([
    6,
    [undefined, 'abc', 'def'],
  ]);
});

test('repeats what failed by the way under the same name, and gives the answer', async () => {
  replies = [cut, problem(503, 'service_unavailable', true), json(201, TOKEN)];
  const card = { number: '4242424242424242', expMonth: 1, expYear: 2030 };
  expect(await client().tokens.import(card)).toStrictEqual(TOKEN);
  expect(seen).toHaveLength(3);
  expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  replies = [json(201, TOKEN)];
  await client().tokens.import(card, { idempotencyKey: 'order-7' });
  expect(seen.at(-1)?.headers['idempotency-key']).toBe('order-7');
});

const SESSION = {
  id: `ses_${'a'.repeat(22)}`,
  object: 'session',
  mode: 'test',
  origins: ['https://shop.example'],
  brands: null,
  fields: ['cvc'],
  binDigits: null,
  attempts: 20,
  customer: null,
  createdAt: '2026-01-02T03:04:05.000Z',
  expiresAt: '2026-01-02T03:19:05.000Z',
} as const;
const MADE = { ...SESSION, session: `eyJ9.${'A'.repeat(86)}` };

test('makes a session for a page, and reads it without its text', async () => {
  replies = [json(201, MADE), json(200, SESSION)];
  const wish = { origins: ['https://shop.example'], fields: ['cvc' as const] };
  expect(await client().sessions.create(wish)).toStrictEqual(MADE);
  expect(await client().sessions.get(SESSION.id)).toStrictEqual(SESSION);
  expect(seen.map(({ method, url, body }) => [method, url, body])).toStrictEqual([
    ['POST', '/v1/sessions', JSON.stringify(wish)],
    ['GET', `/v1/sessions/${SESSION.id}`, ''],
  ]);
});

test('makes another session where the answer with the first was lost', async () => {
  const lost = json(201, { object: 'already_answered', id: SESSION.id });
  replies = [cut, lost, json(201, MADE)];
  const wish = { origins: ['https://shop.example'] };
  expect(await client().sessions.create(wish)).toStrictEqual(MADE);
  const names = seen.map(({ headers }) => headers['idempotency-key']);
  expect([names[0] === names[1], names[1] === names[2]]).toStrictEqual([true, false]);
  replies = [lost];
  const error = await rejection(client().sessions.create(wish));
  expect(error).toMatchObject({ code: 'network_error', retryable: true });
});

test('takes a token that is gone for deleted, where the answer to the deletion was lost', async () => {
  const gone = problem(404, 'not_found', false);
  for (const lost of [cut, problem(503, 'service_unavailable', true)]) {
    replies = [lost, gone];
    expect(await client().tokens.delete(ID)).toBeUndefined();
  }
  replies = [gone];
  expect(await rejection(client().tokens.delete(ID))).toMatchObject({ code: 'not_found' });
  replies = [problem(429, 'rate_limited', true, { 'retry-after': '1' }), gone];
  expect(await rejection(client().tokens.delete(ID))).toMatchObject({ code: 'not_found' });
  replies = [cut, gone];
  expect(await rejection(client().tokens.get(ID))).toMatchObject({ code: 'not_found' });
});

test('says at once what it was told, where the wait would be longer than the time left', async () => {
  replies = [problem(429, 'rate_limited', true, { 'retry-after': '1800' })];
  const start = performance.now();
  const error = await rejection(client({ timeoutMs: 4_000 }).tokens.get(ID));
  expect(error).toMatchObject({ code: 'rate_limited', status: 429, requestId: 'req_1' });
  expect(performance.now() - start).toBeLessThan(1_000);
  expect(seen).toHaveLength(1);
});

test('repeats after a failure of the vault only what cannot happen twice', async () => {
  const failure = problem(500, 'service_unavailable', true);
  const card = { number: '4242424242424242', expMonth: 1, expYear: 2030 };
  const asks: [count: number, call: () => Promise<unknown>][] = [
    [3, () => client().tokens.get(ID)],
    [3, () => client().tokens.import(card)],
    [1, () => client().tokens.update(ID, { expiresAt: null })],
    [1, () => client().tokens.delete(ID)],
    [1, () => client().tokens.reveal(ID, 'last4')],
  ];
  for (const [count, call] of asks) {
    [seen, replies] = [[], [failure]];
    expect(await rejection(call())).toMatchObject({ status: 500, requestId: 'req_1' });
    expect(seen).toHaveLength(count);
  }
});

test('reads the longest page that a vault can answer', async () => {
  const metadata = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`k${n}`, '€'.repeat(265)]),
  );
  const data = Array.from({ length: 100 }, () => ({ ...TOKEN, metadata }));
  replies = [json(200, { object: 'list', data, nextCursor: null })];
  const page = await client().tokens.page({ customer: 'c', limit: 100 });
  expect(page.data).toHaveLength(100);
});

test('leaves out what a newer vault says, wherever it stands, and checks the rest', async () => {
  const newer = { ...TOKEN, funding: 'credit', card: { ...TOKEN.card, country: 'DE' } };
  replies = [
    json(200, newer),
    json(200, { object: 'list', data: [newer], nextCursor: null, total: 1 }),
  ];
  expect(await client().tokens.get(ID)).toStrictEqual(TOKEN);
  expect((await client().tokens.page({ customer: 'c' })).data).toStrictEqual([TOKEN]);
  replies = [json(200, { ...newer, customer: 7 })];
  expect(await rejection(client().tokens.get(ID))).toMatchObject({ code: 'service_unavailable' });
  const told = { type: 'urn:hushfield:error:not_found', title: 'No.', status: 404 };
  replies = [
    json(404, { ...told, code: 'not_found', retryable: false, requestId: 'req_2', more: 1 }),
  ];
  expect(await rejection(client().tokens.get(ID))).toMatchObject({ requestId: 'req_2' });
});

test('erases a customer to the end', async () => {
  const erased = (tokens: number, complete: boolean) =>
    json(200, { object: 'erased_customer', customer: 'c', tokens, complete });
  replies = [erased(10_000, false), cut, erased(7, true)];
  expect(await client().customers.erase('c')).toStrictEqual({
    ...{ object: 'erased_customer', customer: 'c', tokens: 10_007, complete: true },
  });
  expect(seen).toHaveLength(3);
});

test('waits as long as the vault says', async () => {
  replies = [problem(429, 'rate_limited', true, { 'retry-after': '1' }), json(200, TOKEN)];
  const start = performance.now();
  await client().tokens.get(ID);
  expect(performance.now() - start).toBeGreaterThan(950);
});

test('repeats no reveal, and nothing that was refused', async () => {
  replies = [problem(503, 'service_unavailable', true)];
  expect(await rejection(client().tokens.reveal(ID, 'last4'))).toMatchObject({
    code: 'service_unavailable',
  });
  expect(seen).toHaveLength(1);
  replies = [problem(404, 'not_found', false)];
  const error = await rejection(client().tokens.get(ID));
  expect(error).toBeInstanceOf(HushfieldError);
  expect(error).toMatchObject({
    code: 'not_found',
    status: 404,
    requestId: 'req_1',
    retryable: false,
  });
  expect(seen).toHaveLength(2);
});

test('ends at the deadline and at the caller’s word', async () => {
  replies = [() => {}];
  const slow = rejection(client({ timeoutMs: 100 }).tokens.get(ID));
  expect(await slow).toMatchObject({ code: 'timeout', retryable: true });
  const signal = AbortSignal.abort();
  expect(await rejection(client().tokens.get(ID, { signal }))).toMatchObject({ code: 'aborted' });
});

test.each<[string, Reply]>([
  [
    'a page of a proxy',
    (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>4242424242424242'),
  ],
  ['another service’s object', json(200, { object: 'charge', number: '4242424242424242' })],
  [
    'a redirect',
    (response) => response.writeHead(302, { location: 'http://thief.example/' }).end(),
  ],
  [
    'an endless answer',
    (response) => response.writeHead(200).end(`"${'4242424242424242'.repeat(300_000)}"`),
  ],
  ['an error of no vault', json(400, { error: '4242424242424242' })],
  ['an error with a strange code', json(400, { ...TOKEN, code: '4242424242424242' })],
])('attacks: takes %s for no answer, and repeats none of it', async (_name, reply) => {
  replies = [reply];
  const error = await rejection(client({ maxRetries: 0 }).tokens.get(ID));
  expect(error.code).toBe('service_unavailable');
  expect(inspect(error, { depth: 9 })).not.toMatch(/4242|thief/);
});

test.each([
  ['a publishable key', `pk_test_${'A'.repeat(46)}`, 'https://api.example'],
  ['no key', undefined, 'https://api.example'],
  ['half a key', KEY.slice(0, 30), 'https://api.example'],
  ['plain http', KEY, 'http://api.example'],
  ['an address with a path', KEY, 'https://api.example/v1'],
  ['an address with a user', KEY, 'https://a:b@api.example'],
  ['no address', KEY, 'api.example'],
])('attacks: does not start with %s', (_name, key, url) => {
  const start = () => new Hushfield(key, { baseUrl: url });
  expect(start).toThrow(TypeError);
  if (key !== undefined) expect(start).not.toThrow(key);
});

test('shows its key to nobody', async () => {
  const hushfield = client();
  replies = [cut];
  const error = await rejection(client({ maxRetries: 0 }).tokens.get(ID));
  const shown =
    inspect([hushfield, error], { depth: 9, showHidden: true }) +
    JSON.stringify([hushfield, error]);
  expect(shown).not.toContain('AAAA');
});
