import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sessionFor } from '../../test/sessions.ts';
import {
  claimsOf,
  GOOD,
  openReply,
  post,
  sealedRequest,
  ticketFor,
  tokenize,
} from '../../test/sealed-request.ts';
import { ENGINES } from '../../test/engines.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { TokenizeLimits } from './tokenize-limits.ts';

const HOUR = 3_600_000;
const OTHER = { ...GOOD, number: '5555555555554444' };

describe.each(ENGINES)('limits of tokenizing on %s', (engine) => {
  let it: TestVault;
  beforeAll(async () => {
    const environment = {
      LIMIT_TOKENIZE_PER_ADDRESS: '3/h',
      LIMIT_TOKENIZE_PER_BIN: '5/h',
      LIMIT_TOKENIZE_PER_KEY: '8/h',
      LIMIT_TICKETS_PER_KEY: '4/h',
      TRUST_PROXY: '127.0.0.1',
    };
    it = await testVault({ engine, environment });
  }, 60_000);
  afterAll(() => it.close());
  beforeEach(() => {
    it.time.now += HOUR;
  });

  const from = (host: number) => ({ 'x-forwarded-for': `198.51.${host}.7` });

  test('refuses a block of addresses before the seal is opened, and says when to come back', async () => {
    it.time.now += HOUR - 10_000;
    const ticket = await ticketFor(it);
    const answers = [];
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const { body } = await sealedRequest(it, { ticket, attempt });
      answers.push(await post(it, body, from(1)));
    }
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 200, 200, 429]);
    expect(answers[3]?.headers['retry-after']).toBe('10');
    expect(answers[3]?.json()).toMatchObject({ code: 'rate_limited', retryable: true });
    const garbage = { ...(await sealedRequest(it)).body, ct: 'A'.repeat(704) };
    expect((await post(it, garbage, from(1))).statusCode).toBe(429);
    expect((await post(it, garbage, from(2))).statusCode).toBe(400);
  });

  test('refuses a BIN inside the seal, in the size of a token, and nobody else', async () => {
    const first = await sealedRequest(it);
    const answers = [await post(it, first.body, from(1))];
    for (let host = 2; host <= 5; host += 1) {
      answers.push(await post(it, (await sealedRequest(it)).body, from(host)));
    }
    const over = await sealedRequest(it);
    const refused = await post(it, over.body, from(6));
    expect(openReply(over.sealed, refused.body)).toMatchObject({
      ok: false,
      error: { code: 'rate_limited', retryable: true },
    });
    const shape = ({ statusCode, headers, body }: typeof refused) => ({
      statusCode,
      headers: { ...headers, date: '', 'x-request-id': '' },
      size: body.length,
    });
    expect(shape(refused)).toStrictEqual(shape(answers[4] ?? refused));
    expect(await tokenize(it, { card: OTHER })).toMatchObject({ ok: true });
    // What was answered stays answered, and a refused attempt is still there for later.
    const again = await post(it, first.body, from(7));
    expect(openReply(first.sealed, again.body)).toMatchObject({ ok: true });
  });

  test('never refuses a key: its price goes up for a while', async () => {
    for (let host = 1; host <= 9; host += 1) {
      expect(it.vault.pricing.requiresSession(keyId())).toBe(false);
      const card = host % 2 === 0 ? OTHER : GOOD;
      const { body } = await sealedRequest(it, { card });
      expect((await post(it, body, from(host))).statusCode).toBe(200);
    }
    expect(it.vault.pricing.requiresSession(keyId())).toBe(true);
    it.time.now += HOUR;
    expect(it.vault.pricing.requiresSession(keyId())).toBe(false);
  });

  test('never refuses a ticket for its key: its price goes up too', async () => {
    const tickets = [];
    for (let host = 1; host <= 5; host += 1) {
      const url = `/f1/${it.merchant.publishableKey}/controller`;
      const headers = { 'sec-fetch-dest': 'iframe', ...from(host) };
      const { body } = await it.fields.inject({ url, headers });
      tickets.push(/"ticket":"(?<ticket>[^"]+)"/.exec(body)?.groups?.ticket ?? '');
    }
    expect(it.vault.pricing.requiresSession(keyId())).toBe(true);
    const priced = tickets.map((ticket) => claimsOf(ticket).sessionRequired);
    expect(priced).toStrictEqual([undefined, undefined, undefined, undefined, true]);
    // A ticket keeps its price, also where nobody has counted tickets.
    it.time.now += 20 * 60_000;
    const [cheap, dear] = [tickets[0], tickets[4]];
    const answers = [];
    for (const change of [
      { ticket: cheap },
      { ticket: dear },
      { ticket: dear, session: await sessionFor(it) },
    ])
      answers.push(await post(it, (await sealedRequest(it, change)).body, from(1)));
    expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([200, 401, 200]);
    expect(answers[1]?.json()).toMatchObject({ code: 'invalid_session', retryable: false });
  });

  test('refuses a session that was used up, from wherever it comes', async () => {
    it.time.now += HOUR - (it.time.now % HOUR) - 300_000;
    const limits = new TokenizeLimits(it.vault);
    const exp = Math.floor(it.time.now / 1000) + 900;
    const isRepeat = async () => false;
    const caller = { key: 'key00009', session: { id: 'ses_1', attempts: 2, exp }, isRepeat };
    await limits.take('203.0.113.1', caller);
    // The turn of the hour gives it nothing.
    it.time.now += 600_000;
    await limits.take('198.51.100.1', caller);
    const refused = limits.take('192.0.2.1', caller);
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 300 });
    await limits.take('192.0.2.1', { ...caller, isRepeat: async () => true });
    await limits.take('192.0.2.1', { ...caller, session: { id: 'ses_2', attempts: 1, exp } });
  });

  const keyId = () => it.merchant.publishableKey.slice(8, 16);
});
