import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../test/backend.ts';
import { ENGINES } from '../../test/engines.ts';
import { type Forwarding, forwarding, whole } from '../../test/forwarding.ts';
import { openCode } from '../../test/open-code.ts';
import { GOOD } from '../../test/sealed-request.ts';

describe.each(ENGINES)('sending cards on, on %s', { timeout: 60_000 }, (engine) => {
  let f: Forwarding;
  beforeAll(async () => {
    f = await forwarding(engine);
  }, 60_000);
  afterAll(() => f.close());

  const trail = async (resource: string) => {
    const rows = await f.it.vault.sql.owner.query(
      `SELECT action, outcome FROM audit_entries WHERE resource = $1 AND action LIKE 'forward.%' ORDER BY at, action`,
      [resource],
    );
    return rows.map(({ action, outcome }) => `${String(action)}: ${String(outcome)}`);
  };

  test('sends a card as JSON, with what the record puts in, and tells the answer', async () => {
    const card = await f.card();
    const before = f.gateway.heard.length;
    const body = {
      ...whole(card),
      amount: 1299,
      currency: 'EUR',
      metadata: { order: 'A "1" & b\n' },
    };
    const answer = await f.forward({
      destination: f.destination,
      path: '/v1/charges?expand[]=customer',
      headers: { 'Idempotency-Key': 'order-1' },
      body,
    });
    expect(answer.raw.body).not.toContain(GOOD.number);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      object: 'forward',
      destination: f.destination,
      status: 200,
      headers: { 'request-id': 'req_gateway' },
      body: '{"id":"ch_1","amount":1299}',
      withheld: null,
      scrubbed: false,
    });
    const [heard] = f.gateway.heard.slice(before);
    expect(heard?.url).toBe('/v1/charges?expand[]=customer');
    expect(heard?.headers).toMatchObject({
      authorization: 'Bearer gw_secret_1234',
      'gateway-account': 'acct_merchant',
      'idempotency-key': 'order-1',
      'content-type': 'application/json',
    });
    expect(JSON.parse(heard?.body ?? '')).toStrictEqual({
      card: { number: GOOD.number, exp_month: '12', exp_year: '2030', cvc: GOOD.cvc },
      amount: 1299,
      currency: 'EUR',
      metadata: { order: 'A "1" & b\n' },
      merchantAccount: 'MerchantOne',
    });
    const id = answer.body.id;
    expect(await trail(card)).toStrictEqual([
      `forward.intent: ${id} ${f.destination} number,cvc`,
      `forward.outcome: ${id} answered 200`,
    ]);
    expect(await openCode(f.it, card)).toBeUndefined();
    const { body: token } = await ask(f.it, f.key, 'GET', `/v1/tokens/${card}`);
    expect(token['cvcExpiresAt']).toBeNull();
  });

  test('sends it as a form', async () => {
    const destination = await f.approve({ format: 'form' });
    const card = await f.card();
    const before = f.gateway.heard.length;
    const body = { ...whole(card), items: [{ name: 'a&b=c\r\n"' }, { name: 'ü' }], amount: 5 };
    expect((await f.forward({ destination, path: '/v1/charges', body })).status).toBe(200);
    const [heard] = f.gateway.heard.slice(before);
    expect(heard?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(heard?.body)]).toStrictEqual([
      ['card[number]', GOOD.number],
      ['card[exp_month]', '12'],
      ['card[exp_year]', '2030'],
      ['card[cvc]', GOOD.cvc],
      ['items[0][name]', 'a&b=c\r\n"'],
      ['items[1][name]', 'ü'],
      ['amount', '5'],
      ['merchantAccount', 'MerchantOne'],
    ]);
  });
});
