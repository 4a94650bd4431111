import type { ServerResponse } from 'node:http';
import { API, type Route } from '@hushfield/contract/api';
import { newApiKey } from '@hushfield/crypto/token-id';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { CREDENTIALS, type Gateway, recordOf, startGateway } from '../../test/gateway.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { openPostgres } from '../db/postgres.ts';
import { createApiApp } from '../routes/api-app.ts';
import { openApiDocument } from './document.ts';

const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const JSON_TYPE = { 'content-type': 'application/json' };
const ORIGINS = ['http://localhost:4400'];
const HOOK = { url: 'https://shop.example/hook', events: ['*'] };
const NO_ENDPOINT = `whe_${'a'.repeat(22)}`;
const GRANT = { purpose: 'reveal', redaction: 'last4', origins: ORIGINS };
const BODIES: Record<string, object> = {
  importToken: CARD,
  updateToken: { expiresAt: null },
  revealToken: { redaction: 'last4' },
  createApiKey: { kind: 'secret' },
  rollApiKey: { overlap: 0 },
  createSession: { origins: ORIGINS },
  createDestination: { record: recordOf(443), credentials: CREDENTIALS },
  updateDestination: { state: 'disabled' },
  createWebhookEndpoint: HOOK,
  updateWebhookEndpoint: { description: 'a' },
  rollWebhookSecret: { overlap: 0 },
  replayWebhookEvents: { from: '2026-01-01T00:00:00Z' },
};
/** Refused for what they say, where that can be. */
const REFUSED: Record<string, readonly object[]> = {
  importToken: [
    { ...CARD, number: '4242424242424241' },
    { ...CARD, expYear: 2199 },
    { ...CARD, expYear: 2020 },
    { ...CARD, name: '4242424242424242' },
    { ...CARD, postalCode: '80-' },
    { iban: 'DE88370400440532013000' },
    { routingNumber: '110000001', accountNumber: '000123456789' },
    { policy: 'nobody-made-it', text: 'K1-7734-9901' },
  ],
  createSession: [{ origins: ['https://elsewhere.example'] }],
};

let it: TestVault;
let key: string;
let gateway: Gateway;
let endpoint: string;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.answers((response) => response.destroy());
  it = await testVault({ environment: { ...gateway.environment, FAILED_KEYS_PER_MINUTE: '1' } });
  key = await keyOf(it, {
    scopes: ['tokens:reveal', 'grants:write', 'forward', 'destinations:manage'],
  });
  const made = await ask(it, key, 'POST', '/v1/tokens', { body: CARD });
  const approve = async (port: number) => {
    const body = { record: recordOf(port), credentials: CREDENTIALS };
    return (await ask(it, key, 'POST', '/v1/destinations', { body })).body.id;
  };
  const sent = {
    ...{ destination: await approve(gateway.port), path: '/v1/charges' },
    body: { card: { number: `{{ ${made.body.id}.number }}` } },
  };
  BODIES['forward'] = sent;
  REFUSED['forward'] = [
    { ...sent, destination: `dst_${'a'.repeat(22)}` },
    // Of a port that this machine does not let through.
    { ...sent, destination: await approve(1) },
    { ...sent, body: { card: { cvc: `{{ ${made.body.id}.cvc }}` } } },
  ];
  endpoint = (await ask(it, key, 'POST', '/v1/webhook_endpoints', { body: HOOK })).body.id;
  const grant = { ...GRANT, token: made.body['id'] };
  BODIES['createGrant'] = grant;
  REFUSED['createGrant'] = [
    { ...grant, token: `tok_test_${'a'.repeat(28)}` },
    { ...grant, origins: ['https://elsewhere.example'] },
  ];
}, 60_000);
afterAll(async () => {
  await it.close();
  await gateway.close();
});

let names = 0;
type Asked = { url?: string; headers?: object; payload?: string; remoteAddress?: string };

/** Of a form that is one, by what the route is about. */
const IDS = [
  ['ApiKey', 'AAAAAAAA'],
  ['Session', `ses_${'a'.repeat(22)}`],
  ['AuditEntry', `aud_${'a'.repeat(22)}`],
  ['Destination', `dst_${'a'.repeat(22)}`],
  ['getEvent', `evt_${'a'.repeat(22)}`],
  ['WebhookEndpoint', NO_ENDPOINT],
  ['WebhookSecret', NO_ENDPOINT],
  ['WebhookEvents', NO_ENDPOINT],
  ['WebhookDeliveries', NO_ENDPOINT],
] as const;
const urlOf = ({ path, id }: Route, customer = 'c') =>
  path
    .replace('{id}', IDS.find(([end]) => id.endsWith(end))?.[1] ?? `tok_test_${'a'.repeat(28)}`)
    .replace('{customer}', customer);

async function refusal(route: Route, asked: Asked, api = it.api): Promise<string | undefined> {
  const body = BODIES[route.id];
  const answer = await api.inject({
    method: route.method,
    url: urlOf(route),
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    ...asked,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : JSON_TYPE),
      ...(route.keepsName ? { 'idempotency-key': `name-${(names += 1)}` } : {}),
      ...asked.headers,
    },
  });
  if (answer.statusCode < 400) return undefined;
  return `${answer.statusCode} ${answer.json<{ code: string }>().code}`;
}

async function broken(route: Route): Promise<string | undefined> {
  const { owner } = it.vault.sql;
  await owner.script('REVOKE EXECUTE ON FUNCTION find_api_key FROM hushfield_fields');
  const answer = await refusal(route, {});
  await owner.script('GRANT EXECUTE ON FUNCTION find_api_key TO hushfield_fields');
  return answer;
}

async function withoutDatabase(route: Route): Promise<string | undefined> {
  const sql = openPostgres('postgres://nobody@127.0.0.1:1/none');
  const api = createApiApp({ ...it.vault, sql });
  const answer = await refusal(route, {}, api);
  await Promise.all([api.close(), sql.close()]);
  return answer;
}

/** What only a node with real cards refuses: a merchant's page on the site of the fields. */
async function inLiveMode(route: Route): Promise<string | undefined> {
  const { site } = it.vault;
  const api = createApiApp({ ...it.vault, mode: 'live' });
  const own = await keyOf(it, { mode: 'live' });
  const payload = JSON.stringify({ kind: 'publishable', origins: [site.fieldsOrigin] });
  const answer = await refusal(
    route,
    { payload, headers: { authorization: `Bearer ${own}` } },
    api,
  );
  await api.close();
  return answer;
}

/** One key more that is none than a block of addresses may bring. */
async function flooded(route: Route): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${newApiKey('sk', 'test').key}` };
  const stranger = { headers, remoteAddress: '203.0.113.1' };
  await refusal(route, stranger);
  return refusal(route, stranger);
}

/** One more than may be sent on at once, by a gateway that takes its time. */
async function crowded(route: Route): Promise<string | undefined> {
  const held: ServerResponse[] = [];
  gateway.answers((response) => void held.push(response));
  const slow = Array.from({ length: 16 }, () => refusal(route, {}));
  await expect.poll(() => held.length, { timeout: 9_000 }).toBe(16);
  const answer = await refusal(route, {});
  for (const response of held) response.end('{}');
  await Promise.all(slow);
  return answer;
}

/** The same name, for two requests. */
async function conflict(route: Route): Promise<string | undefined> {
  const headers = { 'idempotency-key': route.id };
  const id = (await keyOf(it, { kind: 'rk', scopes: ['tokens:read'] })).slice(8, 16);
  const url = urlOf(route).replace('AAAAAAAA', id).replace(NO_ENDPOINT, endpoint);
  const other = {
    importToken: { ...CARD, expMonth: 11 },
    rollApiKey: { overlap: 1 },
    createApiKey: { kind: 'secret', label: 'b' },
    createWebhookEndpoint: { ...HOOK, description: 'b' },
    rollWebhookSecret: { overlap: 1 },
    replayWebhookEvents: { from: '2026-01-02T00:00:00Z' },
    createGrant: { ...BODIES['createGrant'], shownFor: 10 },
    createDestination: { record: recordOf(444), credentials: CREDENTIALS },
    forward: { ...BODIES['forward'], timeoutMs: 100 },
  };
  const payload = JSON.stringify(
    Object.entries(other).find(([name]) => name === route.id)?.[1] ?? {
      ...BODIES[route.id],
      attempts: 3,
    },
  );
  await refusal(route, { url, headers });
  return refusal(route, { url, headers, payload });
}

test.each(Object.values<Route>(API))(
  '$id refuses with all that its reference says, and with nothing else',
  async (route) => {
    const url = urlOf(route);
    const provoked = await Promise.all([
      refusal(route, { url: `${url}?colour=red` }),
      refusal(route, { headers: { authorization: 'Bearer nobody' } }),
      refusal(route, { headers: { origin: 'https://shop.example' } }),
      refusal(route, { url: urlOf(route, 'a%20b') }),
      refusal(route, { payload: 'a', headers: { 'content-type': 'text/plain' } }),
      refusal(route, { payload: `"${'a'.repeat(17_000)}"`, headers: JSON_TYPE }),
      ...(REFUSED[route.id] ?? []).map((body) => refusal(route, { payload: JSON.stringify(body) })),
    ]);
    const more = [
      ...(route.idempotent ? [await conflict(route)] : []),
      ...(route.id === 'forward' ? [await crowded(route)] : []),
      ...(route.id === 'createApiKey' ? [await inLiveMode(route)] : []),
      await flooded(route),
      await broken(route),
      await withoutDatabase(route),
    ];
    const seen = new Set([...provoked, ...more].filter((each) => each !== undefined));
    expect([...seen].toSorted()).toStrictEqual(documented(route).toSorted());
  },
);

type Responses = Record<string, { description: string }>;

/** As the document has it: by status, the codes at the beginning of each line. */
function documented({ path, method }: Route): string[] {
  const { paths } = openApiDocument('https://api.example') as {
    paths: Record<string, Record<string, { responses: Responses }>>;
  };
  const { responses = {} } = paths[path]?.[method.toLowerCase()] ?? {};
  return Object.entries(responses).flatMap(([status, { description }]) =>
    [...description.matchAll(/^`(\w+)`/gm)].map(([, code]) => `${status} ${code}`),
  );
}
