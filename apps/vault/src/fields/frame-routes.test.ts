import { ControllerBoot, FieldBoot } from '@hushfield/contract/boot';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimsOf, receiveKey } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { verifyTicket } from './ticket.ts';

let it: TestVault;
beforeAll(async () => {
  it = await testVault({ environment: { TICKETS_PER_MINUTE: '5' } });
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
  });
  expect(body).toMatch(/^<!doctype html><p>field<\/p><script .*<\/script><p>end<\/p>$/);
});

test('gives the controller a ticket, the root key and what it must insist on', async () => {
  const boot = ControllerBoot.parse(bootOf((await get('controller')).body));
  const now = it.time.now / 1000;
  expect(verifyTicket(it.vault.keys.secret('ticket'), boot.ticket, now)).toStrictEqual({
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
  expect(boot.api).toBe('http://127.0.0.1:4402');
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

test('limits tickets by the block of the address, fields by nothing', async () => {
  const answers: number[] = [];
  for (let host = 1; host <= 7; host++)
    answers.push((await get('controller', `198.51.100.${host}`)).statusCode);
  expect(answers).toStrictEqual([200, 200, 200, 200, 200, 429, 429]);
  expect((await get('controller', '203.0.113.1')).statusCode).toBe(200);
  expect((await get('field', '198.51.100.1')).statusCode).toBe(200);
});
