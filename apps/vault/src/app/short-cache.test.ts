import { expect, test } from 'vitest';
import { askOnce, ShortCache } from './short-cache.ts';

test('remembers for its time, counted from the question, and drops the oldest first', () => {
  const time = { now: 0 };
  const cache = new ShortCache<number>({ lifeMs: 100, max: 2 }, () => time.now);
  let loads = 0;
  const load = () => (loads += 1);
  expect([cache.get('a', load), cache.get('a', load), cache.get('b', load)]).toStrictEqual([
    1, 1, 2,
  ]);
  expect([cache.get('c', load), cache.get('b', load), cache.get('a', load)]).toStrictEqual([
    3, 2, 4,
  ]);
  time.now = 99;
  expect(cache.get('a', load)).toBe(4);
  time.now = 100;
  expect(cache.get('a', load)).toBe(5);
});

test('asks once for all who wait, and again after a failure', async () => {
  const cache = new ShortCache<Promise<string>>({ lifeMs: 100, max: 2 }, () => 0);
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked === 1) throw new Error('away');
    return 'here';
  };
  const first = await Promise.allSettled([askOnce(cache, 'a', ask), askOnce(cache, 'a', ask)]);
  expect(first.map(({ status }) => status)).toStrictEqual(['rejected', 'rejected']);
  expect(asked).toBe(1);
  expect([await askOnce(cache, 'a', ask), await askOnce(cache, 'a', ask), asked]).toStrictEqual([
    'here',
    'here',
    2,
  ]);
});
