import { describe, expect, test } from 'vitest';
import { recordOf } from '../../test/gateway.ts';
import { chargeOf } from './charge-of.ts';
import { planBody } from './plan-body.ts';

const injecting = (place: string) =>
  recordOf(1, {
    body: ['/merchant/*', '/Merchant/*', '/order/*', '/ORDER/*', '/note'],
    inject: { headers: {}, body: { [place]: { value: 'ours' } } },
    amount: { value: '/order/amount', currency: '/order/currency' },
  });

describe('what is put in', () => {
  test.each([
    ['a list', { merchant: ['x'] }],
    ['a list of objects', { merchant: [{ id: 'x' }] }],
    ['a twin in capitals', { merchant: { id: 'x' }, Merchant: { id: 'x' } }],
    ['a twin alone', { Merchant: { id: 'x' } }],
    ['a list further on', { merchant: { of: ['x'] } }, '/merchant/of/account'],
    ['a twin further on', { merchant: { Of: { id: 'x' } } }, '/merchant/of/account'],
  ])('attacks: stays, with %s on the way to it', (_name, body, place = '/merchant/account') => {
    expect(() => planBody(body, injecting(place))).toThrow('policy_denied');
  });

  test.each([
    [{ note: 'x' }],
    [{ merchant: { id: 'x', list: ['x'] } }],
    [{ merchant: { of: { id: 'x' } } }],
  ])('lets %j be', (body) => {
    const place = '/merchant/of/account';
    expect(planBody(body, injecting(place)).leaves.length).toBeGreaterThan(0);
  });
});

describe('an amount', () => {
  test.each([
    { order: { amount: 1, AMOUNT: 999_999 } },
    { order: { amount: 1, 'am.ount': 999_999 } },
    { order: { amount: 1, a_mount: 999_999 } },
    { order: { amount: 1 }, ORDER: { amount: 999_999 } },
    { order: { amount: { value: 999_999 } } },
    { order: { amount: 1, currency: 'EUR', Currency: 'KWD' } },
  ])('attacks: of %j has no twin that is charged in its stead', (body) => {
    expect(() => planBody(body, injecting('/merchant/account'))).toThrow('policy_denied');
  });

  test('is taken where it stands', () => {
    const record = injecting('/merchant/account');
    const plan = planBody({ order: { amount: 1, currency: 'EUR', amount_net: 1 } }, record);
    expect(chargeOf(plan, record)).toStrictEqual({ amount: 1, currency: 'EUR' });
  });
});
