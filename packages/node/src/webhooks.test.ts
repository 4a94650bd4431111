import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerOf, API, Event } from '@hushfield/contract/api';
import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, test } from 'vitest';
import {
  Hushfield,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEvent,
} from './index.ts';

const KEY = `sk_test_${'A'.repeat(46)}`;
const ID = `whe_${'A'.repeat(22)}`;
const ENDPOINT: WebhookEndpoint = {
  id: ID,
  object: 'webhook_endpoint',
  mode: 'test',
  url: 'https://shop.example/hook',
  events: ['*'],
  description: '',
  status: 'enabled',
  disabledReason: null,
  failingSince: null,
  publicKeys: [`whpk_${'A'.repeat(43)}=`],
  createdAt: '2026-01-02T03:04:05.000Z',
};
const MADE = { ...ENDPOINT, secret: `whsec_${'A'.repeat(43)}=` };
const EVENT: WebhookEvent = {
  id: 'evt_A',
  object: 'event',
  type: 'token.created',
  mode: 'test',
  timestamp: '2026-01-02T03:04:05.000Z',
  data: { token: `tok_test_${'a'.repeat(28)}` },
};
const DELIVERY: WebhookDelivery = {
  object: 'webhook_delivery',
  endpoint: ID,
  event: 'evt_A',
  type: 'token.created',
  state: 'pending',
  nextAttemptAt: '2026-01-02T03:04:05.000Z',
  attempts: [{ at: '2026-01-02T03:04:05.000Z', status: 500, durationMs: 3, reason: 'status' }],
};
const REPLAY = {
  id: ID,
  object: 'webhook_replay',
  events: 1,
  complete: true,
  next: null,
  after: null,
} as const;
const listOf = (one: unknown) => ({ object: 'list', data: [one], nextCursor: null });

let server: Server;
let hushfield: Hushfield;
let asked: string[];
let says: readonly [status: number, body?: unknown];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`.trim());
      const [status, value] = says;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(value === undefined ? '' : JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  hushfield = new Hushfield(KEY, { baseUrl: `http://127.0.0.1:${port}` });
});
afterAll(() => server.close());
beforeEach(() => {
  asked = [];
});

type Call = readonly [
  line: string,
  call: () => Promise<unknown>,
  says: readonly [status: number, body?: unknown],
];
const AT = '/v1/webhook_endpoints';
const CALLS: readonly Call[] = [
  [
    `POST ${AT} {"url":"https://shop.example/hook","events":["token.created"]}`,
    () =>
      hushfield.webhooks.create({ url: 'https://shop.example/hook', events: ['token.created'] }),
    [201, MADE],
  ],
  [`GET ${AT}`, () => hushfield.webhooks.list(), [200, listOf(ENDPOINT)]],
  [`GET ${AT}/${ID}`, () => hushfield.webhooks.get(ID), [200, ENDPOINT]],
  [
    `PATCH ${AT}/${ID} {"status":"enabled"}`,
    () => hushfield.webhooks.update(ID, { status: 'enabled' }),
    [200, ENDPOINT],
  ],
  [`DELETE ${AT}/${ID}`, () => hushfield.webhooks.delete(ID), [204]],
  [
    `POST ${AT}/${ID}/roll_secret {"overlap":60}`,
    () => hushfield.webhooks.rollSecret(ID, 60),
    [201, MADE],
  ],
  [
    `POST ${AT}/${ID}/replay {"event":"evt_A"}`,
    () => hushfield.webhooks.replay(ID, { event: 'evt_A' }),
    [201, REPLAY],
  ],
  [
    `GET ${AT}/${ID}/deliveries?state=failed`,
    () => hushfield.webhooks.deliveries(ID, { state: 'failed' }),
    [200, listOf(DELIVERY)],
  ],
  [
    'GET /v1/events?type=token.created&limit=5',
    () => hushfield.events.page({ type: 'token.created', limit: 5 }),
    [200, listOf(EVENT)],
  ],
  ['GET /v1/events/evt_A', () => hushfield.events.get('evt_A'), [200, EVENT]],
];

test.each(CALLS)('%s', async (line, call, answer) => {
  says = answer;
  expect(await call()).toStrictEqual(answer[1]);
  expect(asked).toStrictEqual([line]);
});

test('its types are those of the contract', () => {
  expectTypeOf<Event>().toExtend<WebhookEvent>();
  expectTypeOf<WebhookEvent['type']>().toEqualTypeOf<Event['type']>();
  expectTypeOf<AnswerOf<typeof API.getWebhookEndpoint>>().toExtend<WebhookEndpoint>();
});
