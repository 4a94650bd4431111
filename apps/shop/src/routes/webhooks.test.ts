import Fastify from 'fastify';
import { expect, it, test } from 'vitest';
import { ReceivedEvents } from '../webhooks/received.ts';
import { type Verify, webhookRoute } from './webhooks.ts';

/** As strange as JSON may be written: a parser that reads and writes it changes it. */
const RAW = '{ "id":"evt_1",\n "type":"token.created", "data":{"token":"tok_test_x","n":1.0} }';

async function open() {
  const seen: Buffer[] = [];
  const verify: Verify = (body, headers) => {
    seen.push(body);
    if (headers['webhook-signature'] !== 'good') throw new Error('No.');
    return JSON.parse(body.toString('utf8'));
  };
  const app = Fastify();
  const events = new ReceivedEvents();
  webhookRoute(app, verify, events);
  const post = (body: string, signature: string, type = 'application/json') =>
    app.inject({
      ...{ method: 'POST', url: '/webhooks', payload: body },
      headers: { 'content-type': type, 'webhook-signature': signature },
    });
  return { seen, events, post };
}

it('verifies the very bytes that came, and keeps what they concern', async () => {
  const { seen, events, post } = await open();
  expect((await post(RAW, 'good')).statusCode).toBe(204);
  expect(seen.map(String)).toStrictEqual([RAW]);
  expect(events.about('tok_test_x')).toMatchObject([{ id: 'evt_1', type: 'token.created' }]);
});

it('is told twice and knows it once', async () => {
  const { events, post } = await open();
  await post(RAW, 'good');
  expect((await post(RAW, 'good')).statusCode).toBe(204);
  expect(events.about('tok_test_x')).toHaveLength(1);
});

test.each([
  ['a signature that does not hold', RAW, 'bad'],
  ['no body', '', 'good'],
])('keeps nothing of %s', async (_, body, signature) => {
  const { events, post } = await open();
  expect((await post(body, signature)).statusCode).toBe(400);
  expect(events.about('tok_test_x')).toStrictEqual([]);
});

it('forgets the oldest before it grows without end', () => {
  const events = new ReceivedEvents();
  for (let at = 0; at < 1_200; at += 1)
    events.keep({ id: `evt_${at}`, type: 'token.created', token: 't', receivedAt: '' });
  expect(events.about('t')).toHaveLength(1_000);
  expect(events.about('t')[0]?.id).toBe('evt_200');
});
