import { ControllerBoot, FieldBoot } from '@hushfield/contract/boot';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { keyOf } from '../../test/backend.ts';
import { revokeKey } from '../../test/revoke-key.ts';
import { claimsOf, receiveKey } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { setOrigins } from '../tenants/tenant-store.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { verifyTicket } from './ticket.ts';

let it: TestVault;
beforeAll(async () => {
  it = await testVault({ environment: { TICKETS_PER_MINUTE: '5', FIELDS_PER_MINUTE: '60' } });
}, 60_000);
afterAll(() => it.close());
beforeEach(() => {
  it.time.now += 10 * 60_000;
});

const get = (document: string, remoteAddress = '192.0.2.1') =>
  it.fields.inject({
    url: `/f1/${it.merchant.publishableKey}/${document}`,
    headers: { 'sec-fetch-dest': 'iframe' },
    remoteAddress,
  });

const bootOf = (html: string): unknown =>
  JSON.parse(/<script type="application\/json" id="boot">(.*)<\/script>/.exec(html)?.[1] ?? '');

test('gives the field its boot data and nothing secret', async () => {
  const { body } = await get('field');
  expect(FieldBoot.parse(bootOf(body))).toStrictEqual({
    v: 1,
    mode: 'test',
    key: it.merchant.publishableKey,
    origins: ['http://localhost:4400'],
    now: it.time.now / 1000,
    texts: expect.objectContaining({ locale: 'en', labels: { number: 'Card number' } }),
  });
  expect(body).toMatch(/^<!doctype html><p>field<\/p><script .*<\/script><p>end<\/p>$/);
});

test('gives the controller a ticket, the root key and what it must insist on', async () => {
  const boot = ControllerBoot.parse(bootOf((await get('controller')).body));
  const now = it.time.now / 1000;
  expect(verifyTicket([await it.vault.keys.secret('ticket')], boot.ticket, now)).toStrictEqual({
    v: 1,
    mode: 'test',
    tenant: it.merchant.tenant,
    key: it.merchant.publishableKey.slice(8, 16),
    origins: boot.origins,
    nonce: expect.stringMatching(/^[\w-]{22}$/),
    iat: now,
    exp: now + 1800,
    attempts: 20,
  });
  expect(boot.minSeq).toBe((await receiveKey(it)).seq);
  expect(boot.sessionKeys).toStrictEqual([
    Buffer.from((await it.vault.keys.signingKey('session')).publicKey).toString('base64url'),
  ]);
  expect(boot.api).toBe('http://127.0.0.1:4402');
});

test.each([
  ['', 'de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['', 'en;q=0.5, de;q=0.9', 'de'],
  ['', 'de;q=0, sv', 'en'],
  ['', undefined, 'en'],
  ['', `${'xx,'.repeat(20)}de`, 'en'],
  ['', 'de;q=x;<script>', 'en'],
  ['?l=de', 'en', 'de'],
  ['?l=DE-at', 'en', 'de'],
  ['?l=sv', 'de', 'en'],
  ['?l=', 'de', 'en'],
  ['?l=sv&l=de', 'en', 'de'],
  ['?l=../../de', 'de', 'en'],
  ['?l=__proto__', 'de', 'en'],
  ['?other=1', 'de', 'de'],
])('speaks the language of %s and Accept-Language %s', async (query, accepted, locale) => {
  const headers = {
    'sec-fetch-dest': 'iframe',
    ...(accepted === undefined ? {} : { 'accept-language': accepted }),
  };
  const remoteAddress = `198.18.${query.length}.${(accepted ?? '').length}`;
  const asked = (document: string) => {
    const url = `/f1/${it.merchant.publishableKey}/${document}${query}`;
    return it.fields.inject({ url, headers, remoteAddress });
  };
  const [field, controller] = [await asked('field'), await asked('controller')];
  expect(FieldBoot.parse(bootOf(field.body)).texts.locale).toBe(locale);
  const { timeout } = ControllerBoot.parse(bootOf(controller.body)).texts;
  expect(timeout).toBe(locale === 'de' ? 'Kartennummer' : 'Card number');
  expect(field.headers.vary).toContain('Accept-Language');
});

test('never gives two documents one ticket', async () => {
  const boots = await Promise.all([get('controller'), get('controller')]);
  const nonces = boots.map(({ body }) => claimsOf(ControllerBoot.parse(bootOf(body)).ticket).nonce);
  expect(new Set(nonces).size).toBe(2);
});

test('does not insist on a manifest that caches may not hold yet', async () => {
  const before = ControllerBoot.parse(bootOf((await get('controller')).body)).minSeq;
  it.time.now = NOON + 20 * 3600_000;
  await runWorkerRound(it.vault);
  const fresh = ControllerBoot.parse(bootOf((await get('controller')).body)).minSeq;
  it.time.now += 120_000;
  const later = ControllerBoot.parse(bootOf((await get('controller')).body)).minSeq;
  expect([fresh === before, later > before]).toStrictEqual([true, true]);
});

test('limits tickets by the block of the address', async () => {
  const answers: number[] = [];
  for (let host = 1; host <= 7; host++)
    answers.push((await get('controller', `198.51.100.${host}`)).statusCode);
  expect(answers).toStrictEqual([200, 200, 200, 200, 200, 429, 429]);
  expect((await get('controller', '203.0.113.1')).statusCode).toBe(200);
  expect((await get('field', '198.51.100.1')).statusCode).toBe(200);
});

test('limits field documents too, before the key is looked up', async () => {
  const unknown = it.merchant.publishableKey.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const answers: number[] = [];
  for (let round = 0; round < 62; round++) {
    const { statusCode } = await it.fields.inject({
      url: `/f1/${round < 30 ? it.merchant.publishableKey : unknown}/field`,
      headers: { 'sec-fetch-dest': 'iframe' },
      remoteAddress: `198.51.100.${round}`,
    });
    answers.push(statusCode);
  }
  expect(answers).toStrictEqual([...Array(30).fill(200), ...Array(30).fill(404), 429, 429]);
  expect((await get('field', '203.0.113.1')).statusCode).toBe(200);
});

test('makes a field document once in five seconds and asks for its key once in one', async () => {
  const query = vi.spyOn(it.vault.sql, 'as');
  const first = await Promise.all(Array.from({ length: 20 }, () => get('field')));
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
  const started = it.time.now;
  it.time.now = started + 4_999;
  const second = await get('field');
  it.time.now = started + 5_000;
  const third = await get('field');
  const times = [...first, second, third].map(({ body }) => FieldBoot.parse(bootOf(body)).now);
  expect(times).toStrictEqual([...Array(21).fill(started / 1000), started / 1000 + 5]);
});

test('attacks: an error is no document, and says so in its headers', async () => {
  const key = await keyOf(it, { kind: 'pk', origins: ['https://my_shop.example'] });
  const headers = { 'sec-fetch-dest': 'iframe', 'accept-encoding': 'br' };
  const answer = await it.fields.inject({ url: `/f1/${key}/field`, headers });
  expect([answer.statusCode, answer.headers['content-encoding']]).toStrictEqual([500, undefined]);
  expect(answer.body).toContain('<!doctype html>');
});

test('keeps encodings of a document apart', async () => {
  const encodings: unknown[] = [];
  for (const encoding of ['br', 'gzip', '']) {
    const { headers, rawPayload } = await it.fields.inject({
      url: `/f1/${it.merchant.publishableKey}/field`,
      headers: { 'sec-fetch-dest': 'iframe', 'accept-encoding': encoding },
    });
    const open = encoding === 'br' ? brotliDecompressSync : gunzipSync;
    const html = encoding === '' ? rawPayload : open(rawPayload);
    FieldBoot.parse(bootOf(html.toString()));
    encodings.push(headers['content-encoding']);
  }
  expect(encodings).toStrictEqual(['br', 'gzip', undefined]);
});

test('shows new origins in header and document together, within a second', async () => {
  const keyId = it.merchant.publishableKey.slice(8, 16);
  const key = { tenant: it.merchant.tenant, keyId };
  await get('field');
  await setOrigins(it.vault.sql.as('admin'), key, ['https://new.example'], new Date(it.time.now));
  it.time.now += 999;
  const { body, headers } = await get('field');
  expect(FieldBoot.parse(bootOf(body)).origins).toStrictEqual(['https://new.example']);
  expect(headers['content-security-policy']).toContain('frame-ancestors https://new.example');
});

test('gives a ticket the life that is configured', async () => {
  const short = await testVault({ environment: { TICKET_SECONDS: '10' } });
  const { body } = await short.fields.inject({
    url: `/f1/${short.merchant.publishableKey}/controller`,
    headers: { 'sec-fetch-dest': 'iframe' },
  });
  const { ticket } = ControllerBoot.parse(bootOf(body));
  const key = await short.vault.keys.secret('ticket');
  const now = short.time.now / 1000;
  expect(verifyTicket([key], ticket, now + 9).exp).toBe(now + 10);
  expect(() => verifyTicket([key], ticket, now + 10)).toThrow('unauthorized');
  await short.close();
});

// Last: nothing of this key is served afterwards.
test('stops serving a revoked key within a second', async () => {
  expect((await get('field')).statusCode).toBe(200);
  const keyId = it.merchant.publishableKey.slice(8, 16);
  await revokeKey(it.vault.sql, keyId, new Date(it.time.now));
  it.time.now += 999;
  expect((await get('field')).statusCode).toBe(404);
});
