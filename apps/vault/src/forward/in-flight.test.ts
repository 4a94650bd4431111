import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Forwarding, forwarding } from '../../test/forwarding.ts';
import { createApiApp } from '../routes/api-app.ts';
import { InFlight } from './in-flight.ts';

/** Over a connection; without a body, one that is announced and does not come. */
function post(url: string, agent: Agent, key: string, body?: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...{ 'idempotency-key': randomUUID(), 'content-length': 99 },
    };
    const text = body && JSON.stringify(body).padEnd(99);
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer));
    });
    asked.on('error', reject);
    if (text === undefined) asked.flushHeaders();
    else asked.end(text);
  });
}

test('attacks: no tenant has more places than are its own, and all together no more than there are', () => {
  const inFlight = new InFlight();
  const enter = (tenant: string, count: number) =>
    Array.from({ length: count }, () => inFlight.enter(tenant)).filter((leave) => leave);
  const first = enter('a', 20);
  expect(first).toHaveLength(16);
  for (const tenant of ['b', 'c']) expect(enter(tenant, 20)).toHaveLength(16);
  expect(enter('d', 10)).toHaveLength(10);
  expect(enter('e', 20)).toHaveLength(6);
  expect(enter('f', 1)).toHaveLength(0);
  first[0]?.();
  expect(enter('b', 1)).toHaveLength(0);
  expect(enter('f', 2)).toHaveLength(1);
  for (const leave of first.slice(1)) leave?.();
  expect(enter('a', 20)).toHaveLength(15);
});

describe('a slow gateway', { timeout: 60_000 }, () => {
  let f: Forwarding;
  beforeAll(async () => {
    f = await forwarding();
  }, 60_000);
  afterAll(() => f.close());

  test('attacks: holds sixteen requests of a tenant, and no more until one has its answer', async () => {
    const held: ServerResponse[] = [];
    f.gateway.answers((response) => {
      if (held.push(response) > 16) response.end('{}');
    });
    const send = () =>
      f.forward({ destination: f.destination, path: '/v1/charges', body: { amount: 1 } });
    const slow = Array.from({ length: 16 }, send);
    await expect.poll(() => held.length, { timeout: 9_000 }).toBe(16);
    const refused = await send();
    expect([refused.status, refused.body['code']]).toStrictEqual([429, 'rate_limited']);
    expect(refused.raw.headers['retry-after']).toBe('1');
    expect(held).toHaveLength(16);
    for (const response of held) response.end('{}');
    const answers = await Promise.all(slow);
    expect(answers.map(({ status }) => status)).toStrictEqual(slow.map(() => 200));
    expect((await send()).status).toBe(200);
  });

  test('attacks: has sixteen wait for what was asked before, and no more, and none in the place of another', async () => {
    const held: ServerResponse[] = [];
    f.gateway.answers((response) => held.push(response));
    const asked = { destination: f.destination, path: '/v1/charges', body: { amount: 1 } };
    const send = (name: string) => f.forward(asked, { name });
    const first = send('slow');
    await expect.poll(() => held.length).toBe(1);
    let refused = 0;
    const repeats = Array.from({ length: 20 }, async () => {
      const { status, body, raw } = await send('slow');
      if (status === 429) refused += 1;
      return status === 200 ? body.id : [status, body['code'], raw.headers['retry-after']];
    });
    await expect.poll(() => refused).toBe(4);
    const other = send('other');
    await expect.poll(() => held.length).toBe(2);
    for (const response of held) response.end('{}');
    const { id } = (await first).body;
    const told = await Promise.all(repeats);
    expect(told.filter((each) => each === id)).toHaveLength(16);
    expect(told.filter((each) => each !== id)).toStrictEqual(
      Array(4).fill([429, 'rate_limited', '1']),
    );
    expect((await other).status).toBe(200);
  });

  test('is waited for longer than a silent connection is kept, and the next request of that one no longer', async () => {
    const api = createApiApp(f.it.vault);
    const url = await api.listen({ port: 0, host: '127.0.0.1' });
    api.server.setTimeout(200);
    f.gateway.answers((response) => setTimeout(() => response.end('{}'), 800));
    const body = { destination: f.destination, path: '/v1/charges', body: { amount: 1 } };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sent = await post(`${url}/v1/forward`, agent, f.key, body);
    expect(sent.statusCode).toBe(200);
    // A request whose body does not come: silent again.
    await expect(post(`${url}/v1/tokens`, agent, f.key)).rejects.toThrow(/hang up|ECONNRESET/);
    agent.destroy();
    await api.close();
  });

  test('a request that sends nothing does not take the one try of a gateway that rests', async () => {
    const destination = await f.approve();
    f.gateway.answers((_response, _heard, request) => request.socket.destroy());
    const send = (more: object = {}) =>
      f.forward({ destination, path: '/v1/charges', body: { amount: 1 }, ...more });
    for (let n = 0; n < 5; n += 1) expect((await send()).body['code']).toBe('forward_unknown');
    expect((await send()).body).toMatchObject({ code: 'forward_not_sent' });
    f.it.time.now += 10_000;
    const gone = await send({
      body: { card: { number: `{{ tok_test_${'0'.repeat(28)}.number }}` } },
    });
    expect(gone.body['code']).toBe('not_found');
    f.gateway.answers((response) => response.end('{}'));
    expect((await send()).status).toBe(200);
  });

  test('attacks: has no place left over, however many are refused, fail, or are told again', async () => {
    f.gateway.answers((_response, _heard, request) => request.socket.destroy());
    for (let n = 0; n < 20; n += 1) {
      const destination = await f.approve();
      const asked = { destination, path: '/v1/charges', body: { amount: 1 } };
      expect((await f.forward(asked)).body['code']).toBe('forward_unknown');
    }
    f.gateway.answers((response) => response.end('{}'));
    const asked = { destination: f.destination, path: '/v1/charges', body: { amount: 1 } };
    for (let n = 0; n < 20; n += 1)
      expect((await f.forward(asked, { name: 'again' })).status).toBe(200);
  });
});
