import { newApiKey, newTokenId } from '@hushfield/crypto/token-id';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { CREDENTIALS, recordOf } from '../../test/gateway.ts';
import { revokeKey } from '../../test/revoke-key.ts';
import { payloadOf, post, sealedRequest, ticketFor } from '../../test/sealed-request.ts';
import { sessionFor } from '../../test/sessions.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { signTicket } from '../fields/ticket.ts';
import { TicketClaims } from '@hushfield/contract/boot';
import type { Reason } from './reasons.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const IFRAME = { 'sec-fetch-dest': 'iframe' };
const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const OTHER_PAGE = 'https://other.example';

let it: TestVault;
let forwarder: string;
beforeAll(async () => {
  const environment = {
    ...{ FIELDS_PER_MINUTE: '3', LIMIT_TOKENIZE_PER_BIN: '20/h' },
    FAILED_KEYS_PER_MINUTE: '10',
  };
  it = await testVault({ environment });
  forwarder = await keyOf(it, { scopes: ['forward', 'destinations:manage'] });
}, 60_000);
afterAll(() => it.close());

type Provoke = () => Promise<LightMyRequestResponse>;

const tokenize = async (change: Parameters<typeof sealedRequest>[1]) =>
  post(it, (await sealedRequest(it, change)).body);
const backend = async (
  ...asked: Parameters<typeof ask> extends [TestVault, ...infer Rest] ? Rest : never
) => (await ask(it, ...asked)).raw;
const withKey = (key: string | undefined, headers = {}) =>
  backend(key, 'GET', `/v1/tokens/${newTokenId('test')}`, { headers });
const field = (key: string, headers: Record<string, string> = IFRAME, remoteAddress = '10.0.0.1') =>
  it.fields.inject({ url: `/f1/${key}/field`, headers, remoteAddress });
const later = async (ms: number, work: Provoke) => {
  it.time.now += ms;
  return work().finally(() => (it.time.now -= ms));
};
const last = (all: LightMyRequestResponse[]) => {
  const answer = all.at(-1);
  if (answer === undefined) throw new Error('nothing was asked');
  return answer;
};

/** How each is provoked, or which test does it instead; a reason without a row does not compile. */
const WAYS: Readonly<Record<Reason, Provoke | string>> = {
  no_route: () => it.api.inject('/nowhere/4242424242424242'),
  service_worker: () => it.api.inject({ url: '/v1/docs', headers: { 'service-worker': 'script' } }),
  url_unreadable: () => it.api.inject('/%zz'),
  body_too_large: () =>
    it.api.inject({
      method: 'POST',
      url: '/v1/tokenize',
      headers: JSON_TYPE,
      body: `"${'x'.repeat(20_000)}"`,
    }),
  body_type: () =>
    it.api.inject({
      method: 'POST',
      url: '/v1/tokenize',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    }),
  body_json: () =>
    it.api.inject({ method: 'POST', url: '/v1/tokenize', headers: JSON_TYPE, body: '{' }),
  body_form: () => post(it, { v: 1 }),
  path_form: () => backend(it.merchant.secretKey, 'GET', '/v1/tokens/x'),
  query_form: () => backend(it.merchant.secretKey, 'GET', '/v1/tokens'),
  request_unreadable: () =>
    it.api.inject({
      ...{ method: 'POST', url: '/v1/tokenize', body: '{}' },
      headers: { ...JSON_TYPE, 'content-length': '7' },
    }),
  other_origin: async () => post(it, (await sealedRequest(it)).body, { origin: OTHER_PAGE }),
  not_framed: () => field(it.merchant.publishableKey, {}),
  at_once: 'as many as 256 under way: by hand',
  publishable_key: () => field(newApiKey('pk', 'test').key),
  ticket_forged: async () => tokenizeWith({ ticket: `${await ticketFor(it)}A` }),
  ticket_form: async () => {
    const later = Object.assign({ later: true }, payloadOf(await ticketFor(it)));
    const ticket = signTicket(await it.vault.keys.secret('ticket'), later as never);
    return tokenizeWith({ ticket });
  },
  ticket_over: async () => {
    const { body } = await sealedRequest(it);
    return later(31 * 60_000, () => post(it, body));
  },
  ticket_mode: async () => tokenize({ ticket: await ticketFor(it, { mode: 'live' }) }),
  ticket_origin: () => tokenize({ parentOrigin: OTHER_PAGE }),
  ticket_key: async () => tokenize({ ticket: await ticketFor(it, { key: 'AAAAAAAA' }) }),
  ticket_attempts: async () => {
    const claims = TicketClaims.parse({ ...payloadOf(await ticketFor(it)), attempts: 1 });
    const ticket = signTicket(await it.vault.keys.secret('ticket'), claims);
    return tokenize({ ticket, attempt: 2 });
  },
  session_missing: async () => tokenize({ ticket: await ticketFor(it, { sessionRequired: true }) }),
  session_forged: async () => tokenize({ session: `${(await sessionFor(it)).slice(0, -4)}AAAA` }),
  session_over: async () => {
    const session = await sessionFor(it, { expiresIn: 60 });
    return later(61_000, () => tokenize({ session }));
  },
  session_origin: async () => {
    const ticket = await ticketFor(it, { origins: [it.config.shopOrigin, OTHER_PAGE] });
    return tokenize({ ticket, parentOrigin: OTHER_PAGE, session: await sessionFor(it) });
  },
  receive_key: async () => tokenizeWith({ kid: 'A'.repeat(22) }),
  seal_broken: () => tokenize({ binding: { attempt: 7 } }),
  seal_contents: () => tokenize({ card: { number: CARD.number } }),
  attempt_reused: async () => {
    const ticket = await ticketFor(it);
    await tokenize({ ticket });
    return tokenize({ ticket });
  },
  limit_address: async () =>
    last(await Promise.all(Array.from({ length: 4 }, () => field('pk_x', IFRAME, '10.9.9.9')))),
  limit_session: async () => {
    const session = await sessionFor(it, { attempts: 1 });
    await tokenize({ session });
    return tokenize({ session });
  },
  limit_bin: async () => {
    const card = { ...CARD, number: '5555555555554444' };
    const answers: LightMyRequestResponse[] = [];
    for (let n = 0; n < 21; n += 1) answers.push(await tokenize({ card }));
    return last(answers);
  },
  limit_keys: async () => {
    const headers = { authorization: `Bearer ${newApiKey('sk', 'test').key}` };
    const answers: LightMyRequestResponse[] = [];
    for (let n = 0; n <= 10; n += 1)
      answers.push(
        await it.api.inject({ url: '/v1/api_keys', headers, remoteAddress: '10.8.8.8' }),
      );
    return last(answers);
  },
  name_missing: () =>
    backend(forwarder, 'POST', '/v1/forward', {
      body: { destination: `dst_${'A'.repeat(22)}`, path: '/v1' },
    }),
  destination_record: () =>
    backend(forwarder, 'POST', '/v1/destinations', { body: { record: recordOf(443) } }),
  destination_gone: () => sending({}),
  destination_rests: 'forward/known.test.ts',
  forwards_many: 'forward/in-flight.test.ts',
  forward_rule: 'forward/attacks.test.ts',
  forward_grant: 'forward/grants.test.ts',
  forward_body: 'forward/attacks.test.ts',
  placeholder: 'forward/attacks.test.ts',
  token_part: 'forward/attacks.test.ts',
  code_gone: 'forward/codes.test.ts',
  sent_lost: 'forward/known.test.ts',
  sent_nothing: 'forward/known.test.ts',
  database_away: 'outage.test.ts',
  database_full: 'outage.test.ts',
  database_stopping: 'outage.test.ts',
  database_standby: 'outage.test.ts',
  database_busy: 'outage.test.ts',
  keys_away: 'slow-device.test.ts',
  limit_unknown: 'a limit whose database is away: leased-limit.test.ts',
  key_missing: () => withKey(undefined),
  key_form: () => withKey('sk_test_4242'),
  key_mode: () => withKey(newApiKey('sk', 'live').key),
  key_unknown: () => withKey(newApiKey('sk', 'test').key),
  key_ended: async () => {
    const key = await keyOf(it, {});
    await revokeKey(it.vault.sql, key.slice(8, 16), new Date(it.time.now));
    return withKey(key);
  },
  key_browser: () => withKey(it.merchant.secretKey, { origin: OTHER_PAGE }),
  key_address: async () => withKey(await keyOf(it, { addresses: ['10.0.0.0/8'] })),
  key_scope: async () =>
    backend(await keyOf(it, { kind: 'rk', scopes: ['tokens:read'] }), 'POST', '/v1/tokens', {
      body: CARD,
    }),
  endpoints_many: async () => {
    const body = { url: 'https://shop.example/hook', events: ['*'] };
    const answers: LightMyRequestResponse[] = [];
    for (let n = 0; n <= 16; n += 1)
      answers.push(await backend(it.merchant.secretKey, 'POST', '/v1/webhook_endpoints', { body }));
    return last(answers);
  },
  destinations_many: async () => {
    const key = await keyOf(it, { scopes: ['destinations:manage'] });
    const create = () =>
      backend(key, 'POST', '/v1/destinations', {
        body: { record: recordOf(443), credentials: CREDENTIALS },
      });
    for (let n = 0; n < 100; n += 1) await create();
    return create();
  },
  key_wider: async () => {
    const key = await keyOf(it, { kind: 'rk', scopes: ['keys:manage'] });
    return backend(key, 'POST', '/v1/api_keys', {
      body: { kind: 'restricted', scopes: ['tokens:read'] },
    });
  },
  key_grants: async () => {
    const scopes = ['forward', 'grants:write'] as const;
    const key = await keyOf(it, { scopes: [...scopes, 'keys:manage'] });
    return backend(key, 'POST', '/v1/api_keys', {
      body: { kind: 'restricted', scopes, forwardNeedsGrant: true },
    });
  },
  name_form: () => imported({ customer: 'c-1' }, ' '),
  name_reused: async () => {
    await imported({ customer: 'c-1' }, 'twice');
    return imported({ customer: 'c-2' }, 'twice');
  },
  record_missing: () => withKey(it.merchant.secretKey),
  text_card: () => imported({ customer: CARD.number }),
  card_refused: () => imported({ number: '4242424242424241' }),
  origin_unknown: () =>
    backend(it.merchant.secretKey, 'POST', '/v1/sessions', { body: { origins: [OTHER_PAGE] } }),
  protocol: () => it.fields.inject({ url: '/f0/x/field', headers: IFRAME }),
  other: 'it says that nothing is known',
};

const tokenizeWith = async (change: object) =>
  post(it, { ...(await sealedRequest(it)).body, ...change });
const imported = (change: object, name?: string) =>
  backend(it.merchant.secretKey, 'POST', '/v1/tokens', {
    body: { ...CARD, ...change },
    headers: name === undefined ? {} : { 'idempotency-key': name },
  });

const sending = (change: object) =>
  backend(forwarder, 'POST', '/v1/forward', {
    body: { destination: `dst_${'A'.repeat(22)}`, path: '/v1', ...change },
    headers: { 'idempotency-key': 'a' },
  });

const PROVOKED = Object.entries(WAYS).flatMap(([reason, way]) =>
  typeof way === 'string' ? [] : ([[reason, way]] as const),
);

describe('a refusal', () => {
  /** What was answered outside, without what differs between any two answers, and for how many reasons. */
  const outside = new Map<string, { reasons: number; seen: Set<string> }>();

  test.each(PROVOKED)('tells the log of %s, once, and nobody else', async (reason, provoke) => {
    const before = it.lines.length;
    const answer = await provoke();
    const id = String(answer.headers['x-request-id']);
    const lines = it.lines
      .slice(before)
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ requestId, msg }) => requestId === id && msg === 'request');
    expect(lines).toHaveLength(1);
    expect(String(lines[0]?.['detail'])).toMatch(new RegExp(`^${reason}: `));
    expect(JSON.stringify(lines)).not.toMatch(/424242|other\.example|%zz|nowhere/);
    expect(answer.body).not.toContain(reason);

    const kind = answer.headers['content-type'] ?? '';
    if (!kind.startsWith('application/problem')) return;
    const { code, requestId, field = '' } = answer.json();
    expect(requestId).toBe(id);
    expect(lines[0]?.['code']).toBe(code);
    // A route that has admitted a page lets it read the answer; some codes name a field.
    const readable = answer.headers['access-control-allow-origin'] !== undefined;
    const group = [answer.statusCode, code, answer.raw.req.url, readable, field].join(' ');
    const { reasons, seen } = outside.get(group) ?? { reasons: 0, seen: new Set() };
    const { date: _date, 'x-request-id': _id, connection: _kept, ...headers } = answer.headers;
    seen.add(JSON.stringify([headers, answer.body.replaceAll(id, 'req')]));
    outside.set(group, { reasons: reasons + 1, seen });
  });

  test('is one answer outside for each code of a route, whatever the reason', () => {
    expect([...outside].filter(([, { seen }]) => seen.size > 1)).toStrictEqual([]);
    const several = [...outside].filter(([, { reasons }]) => reasons > 2).map(([group]) => group);
    expect(several.toSorted()).toStrictEqual([
      '400 invalid_request /v1/tokenize true ',
      '401 unauthorized /v1/tokenize true ',
    ]);
  });
});
