import { cards, gatewayCards, refusedCards } from '@hushfield/testing/cards';
import { afterAll, beforeAll, beforeEach, expect, it, test } from 'vitest';
import { type Asked, startDouble, type TestDouble } from '../test/start-double.ts';

let double: TestDouble;
beforeAll(async () => {
  double = await startDouble();
});
afterAll(() => double.close());

const asShop = { 'x-api-key': 'shop-key-shop-key-shop-key' };
const asOther = { 'x-api-key': 'other-key-other-key-other' };
const bearer = { authorization: 'Bearer shop-key-shop-key-shop-key' };

const payment = (number: string, more: object = {}) => ({
  amount: { value: 8_740, currency: 'EUR' },
  card: { number, expiryMonth: '12', expiryYear: '2034', cvc: '123', holderName: 'A. Shopper' },
  ...more,
});
const pay = (number: string, headers: Asked['headers'] = {}, more: object = {}) =>
  double.ask('POST', '/v1/payments', {
    headers: { ...asShop, ...headers },
    json: payment(number, more),
  });
const idOf = ({ body }: { body: Readonly<Record<string, unknown>> }) => String(body['id']);
const count = async () => (await double.ask('GET', '/v1/payments', { headers: asShop })).body;

beforeEach(() => {
  double.lines.length = 0;
});

it('authorizes, captures and refunds over https with its own authority alone', async () => {
  const made = await pay(cards.visa.number, {}, { reference: 'order-1' });
  expect(made).toMatchObject({
    status: 201,
    headers: { 'gateway-double': 'moves no money' },
    body: {
      double: true,
      state: 'authorized',
      amount: { value: 8_740, currency: 'EUR' },
      card: { last4: '4242', cvcGiven: true, holderGiven: true },
      reference: 'order-1',
    },
  });
  const path = `/v1/payments/${idOf(made)}`;
  const captured = await double.ask('POST', `${path}/captures`, { headers: asShop, json: {} });
  expect(captured.body).toMatchObject({ state: 'captured', captured: 8_740 });
  const part = { amount: { value: 740, currency: 'EUR' } };
  const refunded = await double.ask('POST', `${path}/refunds`, { headers: asShop, json: part });
  expect(refunded.body).toMatchObject({ refunded: 740 });
  const rest = await double.ask('POST', `${path}/refunds`, { headers: asShop, json: {} });
  expect(rest.body).toMatchObject({ refunded: 8_740 });
  const more = await double.ask('POST', `${path}/refunds`, { headers: asShop, json: {} });
  expect(more).toMatchObject({ status: 409, body: { errorCode: 'wrong_state' } });
  await expect(double.askUntrusting('/healthz')).rejects.toThrow(/certificate|self.signed/i);
});

it.each([
  ['declined', 'card_declined'],
  ['insufficientFunds', 'insufficient_funds'],
] as const)('declines %s, in the manner of each interface', async (name, code) => {
  const { number } = gatewayCards[name];
  expect((await pay(number)).body).toMatchObject({ state: 'declined', declineCode: code });
  const form = { amount: '8740', currency: 'eur', 'card[number]': number, ...FORM_CARD };
  expect(await double.ask('POST', '/form/charges', { headers: bearer, form })).toMatchObject({
    status: 402,
    body: { error: { type: 'card_error', code, charge: { status: 'failed' } } },
  });
});

const FORM_CARD = { 'card[exp_month]': '12', 'card[exp_year]': '2034', 'card[cvc]': '123' };

it('charges by a form with nested names', async () => {
  const form = {
    ...{ amount: '8740', currency: 'eur', 'card[number]': cards.mastercard.number },
    ...FORM_CARD,
  };
  const made = await double.ask('POST', '/form/charges', { headers: bearer, form });
  expect(made).toMatchObject({
    status: 200,
    body: { status: 'succeeded', amount_captured: 8_740, card: { last4: '4444', cvc_given: true } },
  });
  const held = { ...form, capture: 'false' };
  const { body } = await double.ask('POST', '/form/charges', { headers: bearer, form: held });
  expect(body).toMatchObject({ status: 'requires_capture', amount_captured: 0 });
  const path = `/form/charges/${String(body['id'])}`;
  const taken = await double.ask('POST', `${path}/capture`, { headers: bearer, form: {} });
  expect(taken.body).toMatchObject({ status: 'succeeded' });
  const back = { amount: '40' };
  const refunded = await double.ask('POST', `${path}/refund`, { headers: bearer, form: back });
  expect(refunded.body).toMatchObject({ amount_refunded: 40 });
});

it.each([
  ['approved', 'authorized', null],
  ['refused', 'declined', 'challenge_failed'],
] as const)('asks for a challenge, which is %s', async (outcome, state, declineCode) => {
  const made = await pay(gatewayCards.challenged.number);
  expect(made.body).toMatchObject({ state: 'challenge_required' });
  const path = `/v1/payments/${idOf(made)}`;
  const early = await double.ask('POST', `${path}/captures`, { headers: asShop, json: {} });
  expect(early.status).toBe(409);
  const json = { outcome };
  const told = await double.ask('POST', `${path}/confirmations`, { headers: asShop, json });
  expect(told.body).toMatchObject({ state, declineCode });
  const again = await double.ask('POST', `${path}/confirmations`, { headers: asShop, json });
  expect(again.status).toBe(409);
});

it('goes silent after the payment is made, and tells who asks again under the same key', async () => {
  const headers = { 'idempotency-key': 'silent-1' };
  const before = (await count())['data'] as unknown[];
  await expect(
    double.ask('POST', '/v1/payments', {
      headers: { ...asShop, ...headers },
      json: payment(gatewayCards.silent.number, { reference: 'lost-1' }),
      timeoutMs: 300,
    }),
  ).rejects.toThrow('timeout');
  const told = await pay(gatewayCards.silent.number, headers, { reference: 'lost-1' });
  expect(told.body).toMatchObject({ state: 'authorized' });
  const found = await double.ask('GET', '/v1/payments?reference=lost-1', { headers: asShop });
  expect(found.body).toMatchObject({ data: [{ id: told.body['id'], state: 'authorized' }] });
  expect(((await count())['data'] as unknown[]).length - before.length).toBe(1);
});

it('charges once under one key, and twice without', async () => {
  const { data: before, requests: asked } = await count();
  const headers = { 'idempotency-key': 'order-7' };
  const [first, second] = [
    await pay(cards.visa.number, headers),
    await pay(cards.visa.number, headers),
  ];
  expect(second.body).toStrictEqual(first.body);
  expect(await pay(cards.mastercard.number, headers)).toMatchObject({
    status: 409,
    body: { errorCode: 'idempotency_conflict' },
  });
  await pay(cards.visa.number);
  const { data, requests } = await count();
  expect((data as unknown[]).length - (before as unknown[]).length).toBe(2);
  const route = 'POST /v1/payments';
  const counted = (of: unknown) => (of as Record<string, number>)[route] ?? 0;
  expect(counted(requests) - counted(asked)).toBe(4);
});

it('keeps accounts apart', async () => {
  const made = await pay(cards.visa.number);
  const path = `/v1/payments/${idOf(made)}`;
  expect(await double.ask('GET', path, { headers: asShop })).toMatchObject({ status: 200 });
  expect(await double.ask('GET', path, { headers: asOther })).toMatchObject({ status: 404 });
  const all = await double.ask('GET', '/v1/payments', { headers: asOther });
  expect(all.body).toMatchObject({ data: [] });
});

test.each([
  ['no key', {}],
  ['another key', { 'x-api-key': 'shop-key-shop-key-shop-keY' }],
  ['the other manner of key', bearer],
])('lets nobody in with %s', async (_, headers) => {
  const json = payment(cards.visa.number);
  expect(await double.ask('POST', '/v1/payments', { headers, json })).toMatchObject({
    status: 401,
    body: { double: true, errorCode: 'unauthorized' },
  });
});

test.each([
  ['is in no list of test cards', refusedCards.notATestCard.number],
  ['begins like a test card', '4242424242424259'],
])('refuses a number that %s, and repeats it nowhere', async (_, number) => {
  const json = await pay(number);
  expect(json).toMatchObject({ status: 422, body: { errorCode: 'not_a_test_card' } });
  const form = { amount: '1', currency: 'eur', 'card[number]': number, ...FORM_CARD };
  const asForm = await double.ask('POST', '/form/charges', { headers: bearer, form });
  expect(asForm).toMatchObject({ status: 422, body: { error: { code: 'not_a_test_card' } } });
  const said = await double.ask('POST', '/v1/echo', { headers: asShop, json: { number } });
  expect(said.status).toBe(422);
  expect(JSON.stringify([json, asForm, said, double.lines])).not.toContain(number);
});

it('says back all it was told, on request', async () => {
  const json = { card: cards.visa.number };
  const { body } = await double.ask('POST', '/v1/echo', { headers: asShop, json });
  expect(body).toMatchObject({ body: JSON.stringify(json), headers: asShop });
  const form = { 'card[number]': cards.visa.number };
  const told = await double.ask('POST', '/form/echo', { headers: bearer, form });
  expect(told.body).toMatchObject({ body: `card%5Bnumber%5D=${cards.visa.number}` });
});

it('writes what was asked and answered, and nothing of either', async () => {
  await pay(cards.visa.number);
  await double.ask('GET', `/v1/payments/${cards.visa.number}?card=${cards.visa.number}`, {
    headers: asShop,
  });
  await double.ask('GET', `/${cards.visa.number}`, {});
  expect(double.lines).toHaveLength(3);
  expect(double.lines.join()).toContain('"route":"POST /v1/payments","status":201');
  expect(double.lines.join()).not.toMatch(/4242|shop-key/);
});

test.each([
  ['an unknown field', payment('4242424242424242', { more: 1 })],
  ['an amount as a text', payment('4242424242424242', { amount: { value: '1', currency: 'EUR' } })],
  ['a placeholder that nobody filled', payment('{{ tok_test_x.number }}')],
])('refuses %s', async (_, json) => {
  const answer = await double.ask('POST', '/v1/payments', { headers: asShop, json });
  expect(answer).toMatchObject({ status: 422, body: { errorCode: 'invalid_request' } });
});
