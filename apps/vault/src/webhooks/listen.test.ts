import type { AddressInfo } from 'node:net';
import { isSignedBoth } from '../../test/webhooks.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyOf } from '../../test/backend.ts';
import { type Receiver, startReceiver, status } from '../../test/receiver.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { happen } from '../../test/webhooks.ts';
import { createEgress } from '../egress/send.ts';
import { listen, ListenError, listenSecret } from './listen.ts';
import { publicKeyText, secretText } from './webhook-secret.ts';

let it: TestVault;
let receiver: Receiver;
let api: string;
beforeAll(async () => {
  it = await testVault();
  receiver = await startReceiver();
  await it.api.listen({ port: 0, host: '127.0.0.1' });
  api = `http://127.0.0.1:${(it.api.server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  await it.close();
  await receiver.close();
});

const listening = (key: string, lines: string[], signal: AbortSignal) =>
  listen({
    ...{ api, key, signal, everyMs: 20 },
    egress: createEgress({ allowed: [api, receiver.origin] }),
    forwardTo: new URL(`${receiver.origin}/hook`),
    now: () => it.time.now,
    say: (line) => lines.push(line),
  });

const until = async (isTrue: () => boolean) => {
  for (let tries = 0; tries < 500 && !isTrue(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
};

test('tells a local receiver of what happens from now on, once each, as it can verify', async () => {
  const key = await keyOf(it, { kind: 'rk', scopes: ['events:read'] });
  await happen(it, 3);
  it.time.now += 1_000;
  const ending = new AbortController();
  const lines: string[] = [];
  const running = listening(key, lines, ending.signal);
  await new Promise((resolve) => setTimeout(resolve, 300));
  receiver.reply = status(500);
  const ids = await happen(it, 4);
  await until(() => lines.length >= 4);
  receiver.reply = status(204);
  ids.push(...(await happen(it, 1)));
  await until(() => lines.length >= 5);
  ending.abort();
  await running;
  expect(receiver.told.map(({ id }) => id).toSorted()).toStrictEqual(ids.toSorted());
  expect(lines.map((line) => line.replace(/ \(\d+ ms\)$/, '').split(' → ')[1])).toStrictEqual([
    ...Array<string>(4).fill('500'),
    '204',
  ]);
  const secret = listenSecret(key);
  for (const told of receiver.told)
    expect(isSignedBoth(told, it.time.now, secretText(secret), publicKeyText(secret))).toBe(true);
  expect(secretText(listenSecret(key))).toBe(secretText(secret));
  expect(lines.join('')).not.toContain(key);
}, 30_000);

test('says why it may not', async () => {
  const key = await keyOf(it, { kind: 'rk', scopes: ['tokens:read'] });
  const running = listening(key, [], new AbortController().signal);
  await expect(running).rejects.toStrictEqual(new ListenError('policy_denied'));
});
