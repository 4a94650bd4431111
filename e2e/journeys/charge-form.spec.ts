import { randomUUID } from 'node:crypto';
import { type TestCard, cards, gatewayCards } from '@hushfield/testing/cards';
import { type Deployment, deploy } from '../support/deployment.ts';
import { keyFor } from '../support/granting-key.ts';
import { expect, test as shared } from '../support/test.ts';

/* A backend that charges at a gateway which speaks forms: no page has a part in it, all servers are real. */

type Backend = {
  readonly deployment: Deployment;
  ask(path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }>;
  readonly destination: string;
};

const SCOPES = ['destinations:manage', 'forward', 'tokens:write'];

function askWith(deployment: Deployment, key: string): Backend['ask'] {
  return async (path, body) => {
    const answer = await fetch(deployment.vaultApi + path, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: Object(await answer.json()) };
  };
}

const test = shared.extend<object, { backend: Backend }>({
  backend: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is used here
    async ({}, use) => {
      const deployment = await deploy({ gateway: true, shop: false });
      const ask = askWith(deployment, await keyFor(deployment, SCOPES));
      const approved = await ask('/v1/destinations', deployment.gateway?.formDestination ?? {});
      expect(approved.status).toBe(201);
      await use({ deployment, ask, destination: String(approved.body['id']) });
      await deployment.dispose();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
});

/** What the gateway answers to a charge of a card, and what it has of it then. */
async function charge({ ask, destination, deployment }: Backend, { number }: TestCard) {
  const made = await ask('/v1/tokens', { number, expMonth: 12, expYear: 2030 });
  const token = String(made.body['id']);
  const description = randomUUID();
  const card = {
    number: `{{ ${token}.number }}`,
    exp_month: `{{ ${token}.expMonth }}`,
    exp_year: `{{ ${token}.expYear4 }}`,
  };
  const body = { amount: 1_234, currency: 'eur', capture: false, description, card };
  const sent = await ask('/v1/forward', { destination, path: '/form/charges', body });
  const { data } = (await deployment.gateway?.statement()) ?? { data: [] };
  return {
    sent,
    answer: JSON.parse(String(sent.body['body'])) as object,
    charged: data.filter(({ reference }) => reference === description),
  };
}

test('a card is charged by a form, once, with the credential of the record', async ({
  backend,
}) => {
  const { sent, answer, charged } = await charge(backend, cards.visa);
  expect(sent).toMatchObject({ status: 200, body: { status: 200, scrubbed: false } });
  expect(answer).toMatchObject({ status: 'requires_capture', amount: 1_234, currency: 'eur' });
  expect(charged).toMatchObject([
    { state: 'authorized', amount: { value: 1_234, currency: 'EUR' }, card: { last4: '4242' } },
  ]);
  expect(backend.deployment.logs()).not.toContain(cards.visa.number);
});

test('a card that is declined is told as the gateway tells it', async ({ backend }) => {
  const { sent, answer, charged } = await charge(backend, gatewayCards.declined);
  expect(sent).toMatchObject({ status: 200, body: { status: 402 } });
  expect(answer).toMatchObject({ error: { type: 'card_error', code: 'card_declined' } });
  expect(charged).toMatchObject([{ state: 'declined' }]);
});

test('what the record does not name is not sent', async ({ backend }) => {
  const { ask, destination, deployment } = backend;
  const before = await deployment.gateway?.statement();
  const body = { amount: 1, currency: 'eur', card: { number: '4242424242424242' } };
  const tried = [
    { path: '/form/echo', body: { amount: 1 } },
    { path: '/form/charges', body: { ...body, card: { number: '4242424242424242' } } },
    { path: '/form/charges', body: { amount: 1, account: 'other' } },
  ];
  for (const more of tried) {
    const { status } = await ask('/v1/forward', { destination, ...more });
    expect([400, 403], JSON.stringify(more.path)).toContain(status);
  }
  expect(await deployment.gateway?.statement()).toMatchObject({
    requests: { ...before?.requests, 'GET /v1/payments': expect.any(Number) },
  });
});
