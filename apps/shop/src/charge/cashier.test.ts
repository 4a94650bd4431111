import { type CardToken, HushfieldError } from '@hushfield/node';
import { expect, it, test } from 'vitest';
import { Orders } from '../orders.ts';
import { Cashier } from './cashier.ts';
import { type Forwarder, Gateway } from './gateway.ts';

const TOKEN: CardToken = {
  ...{ id: `tok_test_${'a'.repeat(28)}`, object: 'token', type: 'card', mode: 'test' },
  ...{ createdAt: new Date().toISOString(), expiresAt: null, cvcExpiresAt: null },
  ...{ fingerprint: null, customer: null, metadata: {} },
  card: {
    ...{ brand: 'visa', networks: ['visa'], last4: '4242', expMonth: 1, expYear: 2030 },
    cvcCollected: true,
  },
};
const DETAILS = { email: undefined, cents: 87_40 };
const ID = `pay_${'0'.repeat(32)}`;
/** The order's name at the gateway, whichever process of the shop asks. */
const REFERENCE = `order-${TOKEN.id}`;

type Wish = Parameters<Forwarder['forward']>[0];
type Said = { readonly status: number; readonly body: string | null };

const payment = (state: string, declineCode: string | null = null): Said => ({
  status: 201,
  body: JSON.stringify({ id: ID, state, declineCode }),
});
const found = (...all: Said[]): Said => ({
  status: 200,
  body: `{"data":[${all.map(({ body }) => body).join()}]}`,
});
const refusal = (code: string) => new HushfieldError(code, 'No.');

/** A shop whose vault says these things in turn, and what it was asked. */
function open(...says: readonly (Said | Error)[]) {
  const asked: { wish: Wish; name: string | undefined }[] = [];
  const vault: Forwarder = {
    async forward(wish, { idempotencyKey: name }) {
      asked.push({ wish, name });
      const said = says[asked.length - 1] ?? refusal('network_error');
      if (said instanceof Error) throw said;
      return said;
    },
  };
  const start = () => new Cashier(new Orders(), new Gateway(vault, 'dst_x'));
  const cashier = start();
  const pay = (token = TOKEN) => cashier.pay(token, DETAILS);
  return { cashier, asked, pay, restarted: () => start().pay(TOKEN, DETAILS) };
}

it('sends no card, only where its parts go, under one name to the gateway', async () => {
  const { pay, asked } = open(payment('authorized'));
  const order = await pay();
  expect(order.payment).toStrictEqual({ state: 'authorized', id: ID });
  expect(asked).toMatchObject([
    {
      name: REFERENCE,
      wish: {
        destination: 'dst_x',
        path: '/v1/payments',
        headers: { 'idempotency-key': REFERENCE },
        body: {
          amount: { value: 87_40, currency: 'EUR' },
          card: { number: `{{ ${TOKEN.id}.number }}`, cvc: `{{ ${TOKEN.id}.cvc }}` },
          reference: REFERENCE,
        },
      },
    },
  ]);
});

it('asks once, whoever asks how often', async () => {
  const { pay, asked } = open(payment('authorized'));
  const [first, second] = await Promise.all([pay(), pay()]);
  expect([await pay(), second]).toStrictEqual([first, first]);
  expect(asked).toHaveLength(1);
});

it('asks again under the same name where nothing was sent, or nobody knows', async () => {
  const { pay, asked } = open(
    refusal('forward_not_sent'),
    refusal('network_error'),
    payment('authorized'),
  );
  await expect(pay()).rejects.toThrow('forward_not_sent');
  await expect(pay()).rejects.toMatchObject({ code: 'network_error' });
  expect((await pay()).payment.state).toBe('authorized');
  expect(new Set(asked.map(({ name }) => name)).size).toBe(1);
});

it('does not ask for the money again where the answer was lost, but what became of it', async () => {
  const { pay, cashier, asked } = open(
    refusal('forward_unknown'),
    found(),
    found(payment('authorized')),
  );
  const order = await pay();
  expect([order.payment.state, (await pay()).payment.state]).toStrictEqual(['unknown', 'unknown']);
  expect((await cashier.lookUp(order)).payment.state).toBe('unknown');
  expect((await cashier.lookUp(order)).payment).toStrictEqual({ state: 'authorized', id: ID });
  expect(asked.map(({ wish }) => `${wish.method} ${wish.path}`)).toStrictEqual([
    'POST /v1/payments',
    `GET /v1/payments?reference=${REFERENCE}`,
    `GET /v1/payments?reference=${REFERENCE}`,
  ]);
});

test.each([
  ['approved', payment('authorized'), { state: 'authorized', id: ID }],
  [
    'refused',
    payment('declined', 'challenge_failed'),
    { state: 'declined', code: 'challenge_failed' },
  ],
] as const)('passes on once that the shopper has %s', async (outcome, said, expected) => {
  const { pay, cashier, asked } = open(payment('challenge_required'), said);
  const order = await cashier.confirm(await pay(), outcome);
  expect(order.payment).toStrictEqual(expected);
  await cashier.confirm(order, outcome);
  expect(asked.map(({ wish }) => wish.path)).toStrictEqual([
    '/v1/payments',
    `/v1/payments/${ID}/confirmations`,
  ]);
});

test.each([
  ['a decline', payment('declined', 'insufficient_funds'), 'declined'],
  [
    'a refusal of the request',
    { status: 422, body: '{"errorCode":"not_a_test_card"}' },
    'declined',
  ],
  ['a conflict', { status: 409, body: '{"errorCode":"idempotency_conflict"}' }, 'unknown'],
  ['a failure', { status: 500, body: '{"errorCode":"internal"}' }, 'unknown'],
  ['a page of a proxy', { status: 200, body: '<html>' }, 'unknown'],
  ['a body that was withheld', { status: 201, body: null }, 'unknown'],
] as const)('takes %s for what it says of the money', async (_, said, state) => {
  expect((await open(said).pay()).payment.state).toBe(state);
});

it('asks under the same name after a restart, and at no address that can be told from the token', async () => {
  const { pay, restarted, asked } = open(payment('authorized'), payment('authorized'));
  const [before, after] = [await pay(), await restarted()];
  expect(asked.map(({ name }) => name)).toStrictEqual([REFERENCE, REFERENCE]);
  expect(asked[1]).toStrictEqual(asked[0]);
  expect(after.id).not.toBe(before.id);
  expect(before.id).not.toContain(TOKEN.id);
});

test.each([
  ['cvc_unavailable', found(payment('authorized')), { state: 'authorized', id: ID }],
  ['cvc_unavailable', found(), { state: 'unknown' }],
  ['cvc_unavailable', refusal('forward_not_sent'), { state: 'unknown' }],
  ['not_found', found(), { state: 'unknown' }],
  ['token_expired', found(), { state: 'unknown' }],
  ['idempotency_conflict', found(), { state: 'unknown' }],
] as const)(
  'after %s, which another request may have caused, asks what became of the order',
  async (code, said, expected) => {
    const { pay, asked } = open(refusal(code), said);
    expect((await pay()).payment).toStrictEqual(expected);
    expect(asked[1]?.wish).toMatchObject({ method: 'GET' });
  },
);

it('asks for the card anew where its code is gone, and it is known that nothing was sent', async () => {
  const gone = refusal('cvc_unavailable');
  const { pay } = open(refusal('forward_not_sent'), gone, refusal('network_error'), gone, found());
  await expect(pay()).rejects.toMatchObject({ name: 'NotCharged' });
  await expect(pay()).rejects.toMatchObject({ name: 'CardIsGone' });
  // Nobody knows any more, once an ask was lost.
  await expect(pay()).rejects.toMatchObject({ code: 'network_error' });
  expect((await pay()).payment.state).toBe('unknown');
});

it('sends nothing for a token so old that the vault may have forgotten what was sent', async () => {
  const { pay, asked } = open(found(payment('authorized')));
  const createdAt = new Date(Date.now() - 24 * 60 * 60 * 1_000).toISOString();
  const order = await pay({ ...TOKEN, createdAt });
  expect(order.payment.state).toBe('authorized');
  expect(asked.map(({ wish }) => wish.method)).toStrictEqual(['GET']);
});

const WRONG_STATE = { status: 409, body: '{"errorCode":"wrong_state"}' };
test.each([
  ['authorized meanwhile', WRONG_STATE, found(payment('authorized')), 'authorized'],
  ['declined meanwhile', WRONG_STATE, found(payment('declined')), 'declined'],
  ['not to be found', WRONG_STATE, found(), 'unknown'],
  ['behind a refused request', { status: 422, body: '{"errorCode":"x"}' }, found(), 'unknown'],
  ['behind a vault that refuses', refusal('not_found'), found(), 'unknown'],
] as const)(
  'takes no refusal of a confirmation for a decline: a payment %s',
  async (_, said, then, state) => {
    const { pay, cashier, asked } = open(payment('challenge_required'), said, then);
    const order = await cashier.confirm(await pay(), 'approved');
    expect(order.payment.state).toBe(state);
    expect(asked[2]?.wish).toMatchObject({
      ...{ method: 'GET', path: `/v1/payments?reference=${REFERENCE}` },
    });
  },
);

it('charges nothing without a gateway', async () => {
  const order = await new Cashier(new Orders(), undefined).pay(TOKEN, DETAILS);
  expect(order.payment).toStrictEqual({ state: 'uncharged' });
});
