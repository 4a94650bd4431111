import { parseApiKey } from '@hushfield/crypto/token-id';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { revokeKey } from '../../test/revoke-key.ts';
import { post, sealedRequest } from '../../test/sealed-request.ts';
import { type TestVault, testVault } from '../../test/test-vault.ts';
import { assemble } from '../assemble.ts';
import { createApiApp } from '../routes/api-app.ts';
import { runWorkerRound } from '../worker/worker.ts';
import { closeKeys, startForgetting } from './forget-keys.ts';
import { directoryKek } from './kek/directory-kek.ts';

let it: TestVault;
beforeEach(async () => {
  it = await testVault();
}, 60_000);
afterEach(async () => {
  vi.useRealTimers();
  await it.close();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A node that is api alone, whose memory goes by a clock of its own. */
async function apiNode() {
  const { sql, now, log } = it.vault;
  const steady = { now: 0 };
  const asked: string[] = [];
  const kek = directoryKek(it.config.keyStoreDir);
  const spying: typeof kek = {
    ...kek,
    unwrap(label, blob) {
      asked.push(label);
      return kek.unwrap(label, blob);
    },
  };
  const parts = { sql, now, steady: () => steady.now, log };
  const vault = await assemble(it.config, parts, { roles: ['api'], fills: true }, spying);
  const api = createApiApp(vault);
  const { body } = await sealedRequest(it, {});
  expect((await post({ ...it, vault, api }, body)).statusCode).toBe(200);
  return { vault, api, steady, asked };
}

test('an api node forgets a receive secret at the end of its key, though nobody asks for it any more', async () => {
  const { vault, api, asked } = await apiNode();
  const [key] = vault.receiveKeys.list();
  if (key === undefined) throw new Error('no receive key');
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const forgetting = startForgetting(vault);
  const isHeld = async () => {
    const before = asked.length;
    await vault.receiveKeys.secretOf(key);
    return asked.length === before;
  };
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await isHeld()).toBe(true);
  it.time.now = (key.exp + 60 * 60) * 1000;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await isHeld()).toBe(false);
  // Destroyed by the worker of another process: held again, and forgotten again.
  expect(await isHeld()).toBe(true);
  await runWorkerRound(it.vault);
  await vi.advanceTimersByTimeAsync(60_000);
  await expect(isHeld()).rejects.toThrow('is not there');
  forgetting.stop();
  await api.close();
  closeKeys(vault);
});

test('a clock set back makes no revocation late, and no key in memory older', async () => {
  const { vault, api, steady, asked } = await apiNode();
  const { body } = await sealedRequest(it, {});
  const { keyId = '' } = parseApiKey(it.merchant.publishableKey) ?? {};
  await revokeKey(it.vault.sql, keyId, new Date(it.time.now));
  it.time.now -= 10 * 60_000;
  steady.now += 1_000;
  expect((await post({ ...it, vault, api }, body)).statusCode).toBe(401);
  const before = asked.length;
  steady.now += 5 * 60_000;
  await vault.keys.secret('pepper');
  expect(asked.slice(before)).toStrictEqual(['pepper']);
  await api.close();
  closeKeys(vault);
});

test('an api node zeroes keys that are past their time, and all when it is closed', async () => {
  const { vault, api, steady } = await apiNode();
  const old = await vault.keys.secret('pepper');
  const { pan } = await vault.keys.tenantKeys(it.merchant.tenant);
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const forgetting = startForgetting(vault);
  steady.now += 5 * 60_000;
  await vi.advanceTimersByTimeAsync(60_000);
  await turn();
  const empty = new Uint8Array(32);
  expect([old, pan.key].map((key) => Uint8Array.from(key))).toStrictEqual([empty, empty]);
  const held = [
    (await vault.codeKeys.current()).key,
    await vault.keys.secret('ticket'),
    (await vault.keys.tenantKeys(it.merchant.tenant)).fingerprint.key,
  ];
  forgetting.stop();
  await api.close();
  closeKeys(vault);
  await turn();
  expect(held.map((key) => Uint8Array.from(key))).toStrictEqual([empty, empty, empty]);
});
