import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectProblem } from '../../test/expect-problem.ts';
import { claimsOf, GOOD, post, sealedRequest, ticketFor } from '../../test/sealed-request.ts';
import { NOON, type TestVault, testVault } from '../../test/test-vault.ts';
import { signTicket } from '../fields/ticket.ts';

describe('POST /v1/tokenize under attack', () => {
  let it: TestVault;
  beforeAll(async () => {
    it = await testVault();
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now = NOON;
  });

  describe('refuses a ticket', () => {
    const forged: [string, () => string | Promise<string>][] = [
      ['that is garbage', () => 'garbage'],
      ['without a MAC', async () => (await ticketFor(it)).split('.')[0] ?? ''],
      ['with one bit of its MAC turned', async () => flipLast(await ticketFor(it))],
      [
        'under another key',
        async () => signTicket(new Uint8Array(32), claimsOf(await ticketFor(it))),
      ],
      ['with a third part', async () => `${await ticketFor(it)}.x`],
      ['of live mode', () => ticketFor(it, { mode: 'live' })],
      ['of another tenant with this key', () => ticketFor(it, { tenant: `ten_${'0'.repeat(22)}` })],
      ['of an unknown key', () => ticketFor(it, { key: '00000000' })],
    ];
    test.each(forged)('%s', async (_name, make) => {
      const { body } = await sealedRequest(it);
      await expectProblem(it, { ...body, ticket: await make() }, 401, 'unauthorized');
    });

    test('that has expired', async () => {
      const { body } = await sealedRequest(it);
      it.time.now += 30 * 60 * 1000;
      await expectProblem(it, body, 401, 'unauthorized');
    });

    test('from the future', async () => {
      it.time.now += 60_000;
      const ticket = await ticketFor(it);
      it.time.now -= 60_000;
      await expectProblem(it, (await sealedRequest(it, { ticket })).body, 401, 'unauthorized');
    });
  });

  test('refuses a parent that the ticket does not name', async () => {
    const { body } = await sealedRequest(it, { parentOrigin: 'https://evil.example' });
    await expectProblem(it, body, 403, 'origin_not_allowed');
  });

  test.each([
    ['no origin', { origin: '' }],
    ['a null origin', { origin: 'null' }],
    ['the shop', { origin: 'http://localhost:4400' }],
    ['a longer origin', { origin: 'http://127.0.0.1:4401.evil.example' }],
  ])('refuses %s', async (_name, headers) => {
    await expectProblem(it, (await sealedRequest(it)).body, 403, 'origin_not_allowed', headers);
  });

  test('answers every seal that does not open alike', async () => {
    const { body } = await sealedRequest(it);
    const other = (await sealedRequest(it)).body;
    const bodies = [
      { ...body, kid: 'A'.repeat(22) },
      { ...body, ct: other.ct },
      { ...body, enc: other.enc },
      { ...body, enc: Buffer.alloc(1120).toString('base64url') },
      { ...body, ct: Buffer.alloc(528, 7).toString('base64url') },
      { ...body, attempt: 2 },
      { ...body, ticket: await ticketFor(it) },
      {
        ...body,
        ticket: await ticketFor(it, { origins: [it.config.shopOrigin, 'https://x.example'] }),
      },
      ...(await Promise.all(
        [
          { binding: { keyId: 'other000' } },
          { binding: { parentOrigin: 'https://other.example' } },
          { binding: { sessionId: 'x' } },
          { binding: { billingDigest: new Uint8Array(32) } },
          { binding: { issuedAt: 1 } },
          { binding: { env: 'live' } },
          { padded: new Uint8Array(512) },
          { padded: new Uint8Array(512).fill(1) },
          { card: '' },
          { card: '{' },
          { card: '{"number":"4242424242424242","number":"4242424242424242"}' },
          { card: { ...GOOD, extra: 1 } },
          { card: { ...GOOD, number: 4242424242424242 } },
          { card: { ...GOOD, number: '4242 4242 4242 4242' } },
          { card: '{"__proto__":{}}' },
          { padded: Buffer.concat([Buffer.from([0xff, 0xfe, 0x80]), Buffer.alloc(509)]) },
        ].map(async (change) => (await sealedRequest(it, change)).body),
      )),
    ];
    const answers = await Promise.all(bodies.map((each) => post(it, each)));
    const seen = answers.map((answer) => {
      const id = String(answer.headers['x-request-id']);
      return JSON.stringify({ ...answer.headers, body: answer.body }).replaceAll(id, 'id');
    });
    expect(answers.map((answer) => answer.statusCode)).toStrictEqual(bodies.map(() => 400));
    expect(new Set(seen.map((each) => each.replaceAll(/"date":"[^"]*",?/g, ''))).size).toBe(1);
  });

  test('refuses every other size and every other form', async () => {
    const { body } = await sealedRequest(it);
    const forms: unknown[] = [
      { ...body, enc: body.enc.slice(1) },
      { ...body, enc: `${body.enc}A` },
      { ...body, ct: body.ct.slice(1) },
      { ...body, ct: 'A'.repeat(2752) },
      { ...body, v: 2 },
      { ...body, attempt: 0 },
      { ...body, attempt: 1.5 },
      { ...body, extra: true },
      { ...body, kid: undefined },
      [],
      null,
      'text',
    ];
    for (const form of forms) {
      const answer = await post(it, JSON.stringify(form));
      expect([answer.statusCode, JSON.parse(answer.body).code]).toStrictEqual([
        400,
        'invalid_request',
      ]);
    }
  });

  test.each([
    ['text/plain', 415],
    ['application/json; charset=utf-16', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json;charset=UTF-8', 200],
  ])('takes JSON only: %s', async (type, status) => {
    const { body } = await sealedRequest(it);
    const answer = await post(it, body, { 'content-type': type });
    expect(answer.statusCode).toBe(status);
  });

  test('refuses a body over 16 kB', async () => {
    const answer = await post(it, JSON.stringify({ padding: 'x'.repeat(16 * 1024) }));
    expect(answer.statusCode).toBe(413);
  });
});

function flipLast(ticket: string): string {
  const [payload, mac = ''] = ticket.split('.');
  const bytes = Buffer.from(mac, 'base64url');
  bytes[31] = (bytes[31] ?? 0) ^ 1;
  return `${payload}.${bytes.toString('base64url')}`;
}
