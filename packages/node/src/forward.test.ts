import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerOf, API, BodyOf } from '@hushfield/contract/api';
import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest';
import {
  type Destination,
  type DestinationRecord,
  type ForwardAnswer,
  type ForwardRequest,
  Hushfield,
  type NewForwardGrant,
} from './index.ts';

const KEY = `rk_test_${'A'.repeat(46)}`;
const DST = `dst_${'d'.repeat(22)}`;
const TOK = `tok_test_${'a'.repeat(28)}`;
const REQUEST: ForwardRequest = {
  destination: DST,
  path: '/v1/charges',
  body: { card: { number: `{{ ${TOK}.number }}` } },
};
const ANSWER = {
  id: `fwd_${'f'.repeat(22)}`,
  object: 'forward',
  mode: 'test',
  destination: DST,
  status: 402,
  headers: { 'request-id': 'req_gateway' },
  body: '{"id":12345678901234567890}',
  withheld: null,
  scrubbed: false,
  createdAt: '2026-01-02T03:04:05.000Z',
  requestId: 'req_1',
};
const RECORD: DestinationRecord = {
  label: 'Gateway',
  host: 'api.gateway.example',
  format: 'json',
  methods: ['POST'],
  paths: ['/v1/charges'],
  fields: { number: ['/card/number'] },
  body: [],
  headers: [],
  inject: { headers: { authorization: { credential: 'key', prefix: 'Bearer ' } }, body: {} },
  answerHeaders: [],
};
const DESTINATION: Destination = {
  ...RECORD,
  id: DST,
  object: 'destination',
  mode: 'test',
  state: 'active',
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
};

type Reply = (response: ServerResponse) => void;
type Seen = { line: string; name: IncomingMessage['headers'][string]; body: string };
let server: Server;
let client: Hushfield;
let seen: Seen[] = [];
let replies: Reply[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen.push({ line: `${method} ${url}`, name: headers['idempotency-key'], body });
      (replies.length > 1 ? replies.shift() : replies[0])?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new Hushfield(KEY, { baseUrl: `http://127.0.0.1:${port}` });
});
afterAll(() => server.close());
beforeEach(() => {
  seen = [];
});

const says =
  (status: number, value: unknown): Reply =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(value === undefined ? undefined : JSON.stringify(value));
const refuses = (status: number, code: string, retryable: boolean) =>
  says(status, {
    ...{ type: `urn:hushfield:error:${code}`, title: 'No.', status, code, retryable },
    requestId: 'req_1',
  });

test('has the types of the contract', () => {
  expectTypeOf<AnswerOf<typeof API.getDestination>>().toExtend<Destination>();
  expectTypeOf<AnswerOf<typeof API.forward>>().toExtend<Omit<ForwardAnswer, 'data'>>();
  expectTypeOf<DestinationRecord>().toExtend<BodyOf<typeof API.createDestination>['record']>();
  expectTypeOf<NewForwardGrant>().toExtend<AnswerOf<typeof API.createGrant>>();
});

test('sends under one name, and reads the answer both ways', async () => {
  replies = [says(200, ANSWER)];
  const answer = await client.forward(REQUEST, { idempotencyKey: 'payment-1' });
  expect(answer).toStrictEqual({ ...ANSWER, data: { id: 12345678901234567000 } });
  expect(seen).toStrictEqual([
    { line: 'POST /v1/forward', name: 'payment-1', body: JSON.stringify(REQUEST) },
  ]);
});

test.each([
  ['text', 'declined', undefined],
  ['nothing', '', undefined],
  ['what was withheld', null, undefined],
  ['a bare value of JSON', '3', 3],
])('reads %s for what it is', async (_name, body, data) => {
  replies = [says(200, { ...ANSWER, body })];
  expect((await client.forward(REQUEST)).data).toBe(data);
});

test('asks again under the same name where nothing was sent, or the way to the vault broke', async () => {
  const cut: Reply = (response) => response.destroy();
  replies = [refuses(503, 'forward_not_sent', true), cut, says(200, ANSWER)];
  expect((await client.forward(REQUEST)).status).toBe(402);
  expect(seen).toHaveLength(3);
  expect(new Set(seen.map(({ name }) => name)).size).toBe(1);
});

test.each([
  ['forward_unknown', 502],
  ['cvc_unavailable', 422],
  ['policy_denied', 403],
])('never asks again by itself after %s', async (code, status) => {
  replies = [refuses(status, code, false)];
  await expect(client.forward(REQUEST)).rejects.toMatchObject({ code, status, retryable: false });
  expect(seen).toHaveLength(1);
});

test('asks for destinations and grants as each method says', async () => {
  replies = [says(201, DESTINATION)];
  expect(await client.destinations.create(RECORD, { key: 'x' })).toStrictEqual(DESTINATION);
  replies = [says(200, DESTINATION)];
  await client.destinations.get(DST);
  await client.destinations.update(DST, { state: 'disabled' });
  replies = [says(200, { object: 'list', data: [DESTINATION], nextCursor: null })];
  expect((await client.destinations.list()).data).toHaveLength(1);
  replies = [says(204, undefined)];
  await client.destinations.delete(DST);
  const grant: NewForwardGrant = {
    ...{ id: `gra_${'g'.repeat(22)}`, object: 'grant', purpose: 'forward', mode: 'test' },
    ...{ token: TOK, destination: DST, fields: ['number'], amount: { most: 5, currency: 'EUR' } },
    ...{ createdAt: DESTINATION.createdAt, expiresAt: DESTINATION.createdAt },
    grant: `gra_${'g'.repeat(22)}.${'s'.repeat(32)}`,
  };
  replies = [says(201, grant)];
  const wish = { purpose: 'forward', token: TOK, destination: DST, fields: ['number'] } as const;
  expect(await client.grants.create({ ...wish, fields: ['number'] })).toStrictEqual(grant);
  expect(seen.map(({ line }) => line)).toStrictEqual([
    'POST /v1/destinations',
    `GET /v1/destinations/${DST}`,
    `PATCH /v1/destinations/${DST}`,
    'GET /v1/destinations',
    `DELETE /v1/destinations/${DST}`,
    'POST /v1/grants',
  ]);
  expect(JSON.parse(seen[0]?.body ?? '')).toStrictEqual({
    record: RECORD,
    credentials: { key: 'x' },
  });
});
