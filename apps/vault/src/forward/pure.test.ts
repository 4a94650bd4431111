import type { DestinationRecord } from '@hushfield/contract/api';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordOf } from '../../test/gateway.ts';
import { faultOf } from '../destinations/judge-record.ts';
import { READY_MADE, readyMade } from '../destinations/ready-made.ts';
import { Breaker } from './breaker.ts';
import { judgePath } from './judge-path.ts';
import { planBody } from './plan-body.ts';
import { covers, overlap, pointerOf, stepsOf } from './pointer.ts';
import { leavesOf } from './walk-body.ts';
import { writeForm, writeJson } from './write-body.ts';

const TOKEN = `tok_test_${'a'.repeat(28)}`;
const NAMES = { secretKey: 'a', account: 'b' };

/** Names and values as a body may hold them, hostile ones among them. */
const name = fc.stringMatching(/^[!-Z\\^-z|~]{1,12}$/).filter((text) => text !== '*');
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => !/\{\{|\}\}/.test(text)),
  fc.integer(),
  fc.boolean(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(name, tie('tree'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
  ),
}));
const body = fc.dictionary(name, tree, { maxKeys: 4, noNullPrototype: true });

describe('places', () => {
  test('are told apart, whatever stands in a name', () => {
    const steps = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(steps, (way) => {
        expect(stepsOf(pointerOf(way))).toStrictEqual(way);
      }),
    );
  });

  test.each([
    ['/a', '/a', true],
    ['/a', '/a/b', false],
    ['/a/*', '/a/b', true],
    ['/a/*', '/a/b/c', true],
    ['/a/*', '/a', false],
    ['/a/*', '/ab', false],
    ['/*', '/a/b', true],
    ['/a', '/A', false],
  ])('%s lets %s be: %s', (rule, place, is) => expect(covers(rule, place)).toBe(is));

  test.each([
    ['/merchantAccount', '/merchantaccount', true],
    ['/merchant_account', '/merchant.account', true],
    ['/merchantAccount', '/merchant_account', true],
    ['/a/b-c', '/a/b_c/d', true],
    ['/a/b', '/a', true],
    ['/a', '/a/b', true],
    ['/a', '/ab', false],
  ])('%s and %s are one to a reader who is not exact: %s', (one, other, is) =>
    expect(overlap(one, other)).toBe(is),
  );
});

describe('bodies', () => {
  test('are as JSON what they were, and each value stays one value', () => {
    fc.assert(
      fc.property(body, (given) => {
        const leaves = leavesOf(given);
        // As text: a name may be `constructor`, by which a strict comparison tells kinds apart.
        expect(String(writeJson(given, leaves))).toBe(JSON.stringify(given));
      }),
    );
  });

  test('are as a form as many pairs as they have values, each under a name of its own', () => {
    fc.assert(
      fc.property(body, (given) => {
        const leaves = leavesOf(given);
        const pairs = [...new URLSearchParams(String(writeForm(leaves)))];
        expect(pairs.map(([, value]) => value)).toStrictEqual(
          leaves.map(({ value }) => String(value)),
        );
        expect(new Set(pairs.map(([key]) => key)).size).toBe(pairs.length);
      }),
    );
  });

  test('attacks: change no value beside the one that is put in', () => {
    const values = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(values, (value) => {
        const put = [{ steps: ['card', 'number'], value }];
        const given = { card: { number: 'x', zip: 'y' }, z: 1 };
        expect(JSON.parse(String(writeJson(given, put)))).toStrictEqual({
          card: { number: value, zip: 'y' },
          z: 1,
        });
        expect([...new URLSearchParams(String(writeForm(put)))]).toStrictEqual([
          ['card[number]', value],
        ]);
      }),
    );
  });

  test('attacks: put a name of the prototype in as a name', () => {
    const written = writeJson({}, [{ steps: ['__proto__', 'admin'], value: true }]);
    expect(String(written)).toBe('{"__proto__":{"admin":true}}');
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });
});

describe('paths', () => {
  const lets = (rule: string, path: string) => {
    try {
      judgePath(path, { host: 'gateway.example', paths: [rule], query: ['q'] });
      return true;
    } catch {
      return false;
    }
  };
  test.each([
    ['/v1/charges', '/v1/charges', true],
    ['/v1/charges', '/v1/charges?q=1', true],
    ['/v1/charges', '/v1/charges/ch_1', false],
    ['/v1/charges', '/v1/charges/ch_1/refunds', false],
    ['/v1/charges', '/v1/charges/', false],
    ['/v1/charges', '/v1', false],
    ['/v1/charges/*', '/v1/charges/ch_1/refunds', true],
    ['/v1/charges/*', '/v1/charges', false],
    ['/v1/charges/*', '/v1/charges/', false],
    ['/v1/charges/*', '/v1/chargesx/a', false],
    ['/v1/charges/{id}', '/v1/charges/ch_1', true],
    ['/v1/charges/{id}', '/v1/charges', false],
    ['/v1/charges/{id}', '/v1/charges/ch_1/refunds', false],
    ['/v1/charges/{id}', '/v1/charges/..', false],
    ['/v1/charges/{id}/confirm', '/v1/charges/ch_1/confirm', true],
    ['/v1/charges/{id}/confirm', '/v1/charges/ch_1/refunds', false],
    ['/v1/charges/{id}/confirm', '/v1/charges/a/b/confirm', false],
    ['/v1/charges/{id}/confirm', '/v1/charges//confirm', false],
    ['/v1/charges/{id}/*', '/v1/charges/ch_1/refunds/re_1', true],
    ['/v1/charges/{id}/*', '/v1/charges/ch_1', false],
  ])('attacks: %s lets %s pass: %s', (rule, path, is) => expect(lets(rule, path)).toBe(is));
});

test('attacks: no path leaves what a record names, however it is written', () => {
  const rules = {
    ...{ host: 'gateway.example', query: ['expand[]'] },
    paths: ['/v1/charges', '/v1/charges/*'],
  };
  const pieces = fc.constantFrom(
    ...['/', '.', '..', '%2e', '%2f', '\\', ';', '?', '#', '@', ':', '//', 'v1', 'charges', 'x'],
    ...['\t', '\r\n', '\0', ' ', '&', '=', 'expand[]', '\u3002', '\uff0f', 'refunds'],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 10 }), (parts) => {
      for (const path of [`/${parts.join('')}`, `/v1/charges${parts.join('')}`]) {
        let url: URL;
        try {
          url = judgePath(path, rules);
        } catch {
          continue;
        }
        expect(url.origin).toBe('https://gateway.example');
        expect(url.pathname).toMatch(/^\/v1\/charges(?:\/[\w~.@:,=-]+)*$/);
        expect(url.href).toBe(`https://gateway.example${path}`);
      }
    }),
    { numRuns: 2_000 },
  );
});

describe('records', () => {
  test.each(READY_MADE)('%s is ready to be used', (ready) => {
    const record = readyMade(ready);
    const all = [...Object.values(record.inject.headers), ...Object.values(record.inject.body)];
    const names = all.flatMap((each) => ('credential' in each ? [each.credential] : []));
    expect(faultOf(record, Object.fromEntries(names.map((each) => [each, 'x'])))).toBeUndefined();
    expect(record.body).not.toContain('/*');
  });

  test.each([
    ['adyen', 'POST', '/v71/payments', true],
    ['adyen', 'POST', '/v71/payments/ABC/refunds', false],
    ['adyen', 'POST', '/v71/payments/ABC/captures', false],
    ['adyen', 'POST', '/v71/payments/ABC/reversals', false],
    ['adyen', 'POST', '/v71/cancels', false],
    ['stripe', 'POST', '/v1/payment_methods', true],
    ['stripe', 'POST', '/v1/payment_intents', true],
    ['stripe', 'POST', '/v1/payment_intents/pi_1/confirm', true],
    ['stripe', 'POST', '/v1/payment_intents/pi_1', false],
    ['stripe', 'POST', '/v1/payment_intents/pi_1/capture', false],
    ['stripe', 'POST', '/v1/payment_intents/pi_1/cancel', false],
    ['stripe', 'POST', '/v1/payment_methods/pm_1/attach', false],
    ['stripe', 'POST', '/v1/customers', false],
    ['stripe', 'POST', '/v1/customers/cus_1/balance_transactions', false],
    ['stripe', 'GET', '/v1/payment_methods', false],
    ['stripe', 'GET', '/v1/customers/cus_1', false],
  ] as const)('attacks: %s lets %s %s be asked: %s', (ready, method, path, is) => {
    const record = readyMade(ready);
    const asked = () => {
      expect(record.methods).toContain(method);
      judgePath(path, record);
    };
    if (is) asked();
    else expect(asked).toThrow();
  });

  test('Stripe takes a card as a form, and no account of a thief’s', () => {
    const record = readyMade('stripe');
    const card = {
      number: `{{ ${TOKEN}.number }}`,
      exp_month: `{{ ${TOKEN}.expMonth }}`,
      exp_year: `{{ ${TOKEN}.expYear4 }}`,
      cvc: `{{ ${TOKEN}.cvc }}`,
    };
    expect(planBody({ type: 'card', card }, record).uses.get(TOKEN)?.size).toBe(4);
    for (const thief of [
      { on_behalf_of: 'acct_1' },
      { transfer_data: { destination: 'acct_1' } },
      { application_fee_amount: 1 },
      { payment_method_data: { card: { token: 'tok_1' } } },
    ])
      expect(() => planBody(thief, record)).toThrow('policy_denied');
  });

  test('Adyen takes a card as JSON, and no account of a thief’s', () => {
    const record = readyMade('adyen');
    const paymentMethod = {
      type: 'scheme',
      number: `{{ ${TOKEN}.number }}`,
      expiryMonth: `{{ ${TOKEN}.expMonth }}`,
      expiryYear: `{{ ${TOKEN}.expYear4 }}`,
      cvc: `{{ ${TOKEN}.cvc }}`,
    };
    const amount = { value: 1, currency: 'EUR' };
    expect(planBody({ amount, reference: 'a', paymentMethod }, record).uses.size).toBe(1);
    for (const thief of [
      { merchantAccount: 'Thief' },
      { MerchantAccount: 'Thief' },
      { store: 'thief' },
      { splits: [{ account: 'thief' }] },
    ])
      expect(() => planBody(thief, record)).toThrow('policy_denied');
  });

  const faults: readonly [string, Partial<DestinationRecord>][] = [
    ['sets the host', { headers: ['host'] }],
    ['frames', { headers: ['transfer-encoding'] }],
    ['lets a header pass that it puts in', { headers: ['authorization'] }],
    ['hands on cookies', { answerHeaders: ['set-cookie'] }],
    [
      'puts in where a card may stand',
      { inject: { headers: {}, body: { '/card': { value: 'x' } } } },
    ],
    ['lets pass what it puts in', { body: ['/merchantaccount'] }],
    ['lets all of a card be anywhere', { fields: { number: ['/*'] } }],
    ['has a star within', { body: ['/*/x'] }],
    [
      'puts one in another',
      { inject: { headers: {}, body: { '/a': { value: 'x' }, '/a/b': { value: 'y' } } } },
    ],
    [
      'names a credential that is not there',
      { inject: { headers: { a: { credential: 'other' } }, body: {} } },
    ],
    ['names fewer than there are', { inject: { headers: {}, body: {} } }],
  ];
  test.each(faults)('attacks: are refused where one %s', (_name, change) => {
    expect(faultOf({ ...recordOf(1), ...change }, NAMES)).toEqual(expect.any(String));
  });
  test('are taken where none does', () => expect(faultOf(recordOf(1), NAMES)).toBeUndefined());
});

test('a breaker lets one try again at a time, and the next where that one has sent nothing', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  const enter = (destination: string) => {
    const entered = breaker.enter(destination);
    return typeof entered === 'number' ? { rest: entered, giveBack() {} } : { giveBack: entered };
  };
  const early = Array.from({ length: 6 }, () => enter('a'));
  for (let n = 0; n < 5; n += 1) breaker.note('a', false);
  // Of one that had begun before it came to rest, nothing is given back.
  early[5]?.giveBack();
  expect([enter('a').rest, enter('b').rest]).toStrictEqual([10, undefined]);
  now = 10_000;
  const first = enter('a');
  expect([first.rest, enter('a').rest]).toStrictEqual([undefined, 10]);
  first.giveBack();
  const second = enter('a');
  expect([second.rest, enter('a').rest]).toStrictEqual([undefined, 10]);
  breaker.note('a', false);
  second.giveBack();
  expect(enter('a').rest).toBe(10);
  now = 20_000;
  const third = enter('a');
  now = 30_000;
  expect(enter('a').rest).toBeUndefined();
  third.giveBack();
  expect(enter('a').rest).toBe(10);
  breaker.note('a', true);
  expect(enter('a').rest).toBeUndefined();
});
