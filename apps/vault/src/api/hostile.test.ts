import { API, type Route } from '@hushfield/contract/api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, keyOf } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { hostileStrings, jsonTestSuite } from '../../test/vectors.ts';

/** Of thousands, as many as a fast test may send. */
const MANY = 700;
const CARD = { number: '4242424242424242', expMonth: 12, expYear: 2030 };
const HOOK = { url: 'https://shop.example/hook', events: ['*'] };
const SESSION = { origins: ['http://localhost:4400'] };
const WRITING = Object.values<Route>(API).filter(({ body }) => body !== undefined);

describe.each(ENGINES)('hostile input to the API on %s', (engine) => {
  let it: TestVault;
  let key: string;
  let token: string;
  beforeAll(async () => {
    it = await testVault({ engine });
    key = await keyOf(it, {
      scopes: ['tokens:reveal', 'grants:write', 'forward', 'destinations:manage'],
    });
    token = (await ask(it, key, 'POST', '/v1/tokens', { body: CARD })).body.id;
  }, 60_000);
  afterAll(() => it.close());

  const urlOf = ({ path, id }: Route) => path.replace('{id}', idFor(id)).replace('{customer}', 'c');
  const idFor = (route: string) => {
    if (route.endsWith('Destination')) return `dst_${'A'.repeat(22)}`;
    if (route.includes('Webhook')) return `whe_${'A'.repeat(22)}`;
    if (route.endsWith('Destination')) return `dst_${'A'.repeat(22)}`;
    return route.endsWith('ApiKey') ? 'AAAAAAAA' : token;
  };
  const send = async (route: Route, payload: Buffer | string) => {
    const { statusCode } = await it.api.inject({
      method: route.method,
      url: urlOf(route),
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(route.keepsName ? { 'idempotency-key': 'hostile' } : {}),
      },
      payload,
    });
    return statusCode;
  };

  test.each(WRITING)(
    'attacks: $id takes no JSON of the torture suite for a body',
    async (route) => {
      const odd: [string, number][] = [];
      for (const [name, bytes] of jsonTestSuite()) {
        const status = await send(route, bytes);
        if (status !== (bytes.length > 16 * 1024 ? 413 : 400)) odd.push([name, status]);
      }
      expect(odd).toStrictEqual([]);
    },
    60_000,
  );

  test('attacks: keeps hostile strings as strings, or refuses them, and never fails', async () => {
    const seen = new Map<number, number>();
    for (const text of new Set(hostileStrings().slice(0, MANY))) {
      const body = { metadata: { note: text.slice(0, 500) } };
      const answer = await ask(it, key, 'PATCH', `/v1/tokens/${token}`, { body });
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      if (answer.status === 200) {
        const { body: read } = await ask(it, key, 'GET', `/v1/tokens/${token}`);
        expect(read.metadata).toStrictEqual(body.metadata);
      }
    }
    expect([...seen.keys()].every((status) => status === 200 || status === 400)).toBe(true);
  }, 120_000);

  test('attacks: refuses hostile strings wherever a text has a form', async () => {
    const places: ((text: string) => Promise<{ status: number }>)[] = [
      (text) => ask(it, key, 'GET', `/v1/tokens/${encodeURIComponent(text)}`),
      (text) => ask(it, key, 'GET', `/v1/tokens?customer=${encodeURIComponent(text)}`),
      (text) => ask(it, key, 'DELETE', `/v1/customers/${encodeURIComponent(text)}`),
      (text) => ask(it, key, 'GET', `/v1/api_keys/${encodeURIComponent(text)}`),
      (text) => ask(it, key, 'POST', '/v1/tokens', { body: { ...CARD, number: text } }),
      (text) => ask(it, key, 'POST', '/v1/tokens', { body: { ...CARD, metadata: { [text]: '' } } }),
      (text) => ask(it, key, 'GET', `/v1/sessions/${encodeURIComponent(text)}`),
      (text) => ask(it, key, 'POST', '/v1/sessions', { body: { origins: [text] } }),
      (text) => ask(it, key, 'POST', '/v1/sessions', { body: { ...SESSION, customer: text } }),
      (text) => ask(it, key, 'POST', '/v1/sessions', { body: { ...SESSION, brands: [text] } }),
      (text) => ask(it, text, 'GET', '/v1/api_keys'),
      (text) => ask(it, key, 'GET', `/v1/events?since=${encodeURIComponent(text)}`),
      (text) => ask(it, key, 'GET', `/v1/events/${encodeURIComponent(text)}`),
      (text) =>
        ask(it, key, 'POST', '/v1/webhook_endpoints', { body: { url: text, events: ['*'] } }),
      (text) =>
        ask(it, key, 'POST', '/v1/webhook_endpoints', { body: { ...HOOK, events: [text] } }),
    ];
    const statuses = new Set<number>();
    for (const text of hostileStrings().slice(0, 400)) {
      if (/^[A-Za-z0-9_.:@-]{0,64}$/.test(text) || /[^\x20-\x7e]/.test(text)) continue;
      for (const place of places) statuses.add((await place(text)).status);
    }
    expect([...statuses].filter((status) => status < 400 || status >= 500)).toStrictEqual([]);
  }, 120_000);

  test('attacks: answers any object at all without failing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...WRITING),
        fc.jsonValue({ maxDepth: 4 }),
        async (route, value) => {
          const status = await send(route, JSON.stringify(value));
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  test('attacks: refuses a body that is too long, too deep, or of another type', async () => {
    const [route] = WRITING;
    if (route === undefined) throw new Error('no route');
    const long = JSON.stringify({ ...CARD, metadata: { a: 'x'.repeat(17_000) } });
    expect(await send(route, long)).toBe(413);
    expect(await send(route, `${'{"a":'.repeat(9)}1${'}'.repeat(9)}`)).toBe(400);
    const { statusCode } = await it.api.inject({
      method: 'POST',
      url: '/v1/tokens',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: 'number=4242424242424242',
    });
    expect(statusCode).toBe(415);
  });

  test('left no number in a log line', () => {
    expect(it.lines.join('')).not.toMatch(/4242424242424242|4242 4242/);
  });
});
