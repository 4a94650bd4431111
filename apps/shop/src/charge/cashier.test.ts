import { type CardToken, HushfieldError } from '@hushfield/node';
import { expect, it, test } from 'vitest';
import { Orders } from '../orders.ts';
import { Cashier } from './cashier.ts';
import { type Forwarder, Gateway } from './gateway.ts';

const TOKEN: CardToken = {
  ...{ id: `tok_test_${'a'.repeat(28)}`, object: 'token', type: 'card', mode: 'test' },
  ...{ createdAt: '2026-01-02T03:04:05.000Z', expiresAt: null, cvcExpiresAt: null },
  ...{ fingerprint: null, customer: null, metadata: {} },
  card: {
    ...{ brand: 'visa', networks: ['visa'], last4: '4242', expMonth: 1, expYear: 2030 },
    cvcCollected: true,
  },
};
const DETAILS = { email: undefined, cents: 87_40 };
const ID = `pay_${'0'.repeat(32)}`;

type Wish = Parameters<Forwarder['forward']>[0];
type Said = { readonly status: number; readonly body: string | null };

const payment = (state: string, declineCode: string | null = null): Said => ({
  status: 201,
  body: JSON.stringify({ id: ID, state, declineCode }),
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
  const cashier = new Cashier(new Orders(), new Gateway(vault, 'dst_x'));
  return { cashier, asked, pay: () => cashier.pay(TOKEN, DETAILS) };
}

it('sends no card, only where its parts go, under one name to the gateway', async () => {
  const { pay, asked } = open(payment('authorized'));
  const order = await pay();
  expect(order.payment).toStrictEqual({ state: 'authorized', id: ID });
  expect(asked).toMatchObject([
    {
      name: order.id,
      wish: {
        destination: 'dst_x',
        path: '/v1/payments',
        headers: { 'idempotency-key': order.id },
        body: {
          amount: { value: 87_40, currency: 'EUR' },
          card: { number: `{{ ${TOKEN.id}.number }}`, cvc: `{{ ${TOKEN.id}.cvc }}` },
          reference: order.id,
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
  const nothing = { status: 200, body: '{"data":[]}' };
  const found = { status: 200, body: `{"data":[${payment('authorized').body}]}` };
  const { pay, cashier, asked } = open(refusal('forward_unknown'), nothing, found);
  const order = await pay();
  expect([order.payment.state, (await pay()).payment.state]).toStrictEqual(['unknown', 'unknown']);
  expect((await cashier.lookUp(order)).payment.state).toBe('unknown');
  expect((await cashier.lookUp(order)).payment).toStrictEqual({ state: 'authorized', id: ID });
  expect(asked.map(({ wish }) => `${wish.method} ${wish.path}`)).toStrictEqual([
    'POST /v1/payments',
    `GET /v1/payments?reference=${order.id}`,
    `GET /v1/payments?reference=${order.id}`,
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
  ['a failure', { status: 500, body: '{"errorCode":"internal"}' }, 'unknown'],
  ['a page of a proxy', { status: 200, body: '<html>' }, 'unknown'],
  ['a body that was withheld', { status: 201, body: null }, 'unknown'],
] as const)('takes %s for what it says of the money', async (_, said, state) => {
  expect((await open(said).pay()).payment.state).toBe(state);
});

it('asks for the card anew where its code is gone', async () => {
  const { pay } = open(refusal('cvc_unavailable'));
  await expect(pay()).rejects.toMatchObject({ name: 'CardIsGone' });
});

it('charges nothing without a gateway', async () => {
  const order = await new Cashier(new Orders(), undefined).pay(TOKEN, DETAILS);
  expect(order.payment).toStrictEqual({ state: 'uncharged' });
});
