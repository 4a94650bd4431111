import { beforeEach, expect, test } from 'vitest';
import { allOrWiped, SecretCache } from './secret-cache.ts';

const MINUTE = 60_000;
let now: number;
let loads: number;
let cache: SecretCache<{ value: number; forgotten: boolean }>;
beforeEach(() => {
  now = 0;
  loads = 0;
  cache = new SecretCache(
    () => now,
    (held) => {
      held.forgotten = true;
    },
  );
});
const load = async () => ({ value: ++loads, forgotten: false });
const fail = async () => Promise.reject(new Error('gone'));
const turn = () => new Promise((resolve) => setImmediate(resolve));
const valueOf = async (loader = load) => (await cache.get('key', loader)).value;

test('loads once for all who ask at once', async () => {
  expect(await Promise.all([valueOf(), valueOf(), valueOf()])).toStrictEqual([1, 1, 1]);
});

test('renews a key in use in its last minute, behind the caller', async () => {
  await valueOf();
  now = 4 * MINUTE;
  expect(await valueOf()).toBe(1);
  await turn();
  now = 8 * MINUTE - 1;
  expect(await valueOf()).toBe(2);
});

test('serves through an outage to the fifth minute, fails closed, and comes back', async () => {
  await valueOf();
  now = 5 * MINUTE - 1;
  expect(await valueOf(fail)).toBe(1);
  await turn();
  now = 5 * MINUTE;
  await expect(valueOf(fail)).rejects.toThrow('gone');
  expect(await valueOf()).toBe(2);
});

test('forgets an old value only after whoever was given it has used it', async () => {
  const old = await cache.get('key', load);
  now = 5 * MINUTE;
  const asked = cache.get('key', load);
  expect(old.forgotten).toBe(false);
  await asked;
  expect(old.forgotten).toBe(false);
  await turn();
  expect(old.forgotten).toBe(true);
});

test('does not keep what was being loaded when it was dropped', async () => {
  let arrive: (value: { value: number; forgotten: boolean }) => void = () => {};
  const late = new Promise<{ value: number; forgotten: boolean }>((resolve) => {
    arrive = resolve;
  });
  const asked = cache.get('key', () => late);
  cache.drop('key');
  arrive({ value: 99, forgotten: false });
  const given = await asked;
  expect(given).toMatchObject({ value: 99, forgotten: false });
  await turn();
  expect(given.forgotten).toBe(true);
  expect(await valueOf()).toBe(1);
});

test('forgets everything when it is cleared, also what is on its way', async () => {
  const held = await cache.get('key', load);
  const asked = cache.get('other', load);
  cache.clear();
  await turn();
  await turn();
  expect([held.forgotten, (await asked).forgotten]).toStrictEqual([true, true]);
});

test('wipes what came when a sibling did not', async () => {
  const came = { forgotten: false };
  const late = turn().then(() => came);
  const both = allOrWiped([Promise.reject(new Error('gone')), late], (each) => {
    each.forgotten = true;
  });
  await expect(both).rejects.toThrow('gone');
  expect(came.forgotten).toBe(true);
});

test('a sweep does not disturb a load', async () => {
  await valueOf();
  now = 5 * MINUTE;
  const asked = valueOf();
  cache.sweep();
  expect(await asked).toBe(2);
  expect(await valueOf()).toBe(2);
});
