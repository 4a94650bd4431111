import { expect, test } from 'vitest';
import { createMetrics } from '../operate/metrics.ts';
import { FailedKeys } from './failed-keys.ts';

const SHARE = 2;
const HERE = '192.0.2.7';

function guarded(max = 10_000) {
  const time = { now: 0 };
  const vault = {
    ...{ failedKeysPerMinute: SHARE, steady: () => time.now },
    metrics: createMetrics(),
  };
  const keys = new FailedKeys(vault, { lifeMs: 3_600_000, max });
  const come = async (key: string, isGood: boolean, address = HERE) => {
    const look = { find: async () => (isGood ? key : undefined), belongs: () => true };
    return keys.guard(address, key, look).then(
      (found) => found ?? 'none',
      () => 'refused',
    );
  };
  const flood = async (address = HERE) => {
    for (let n = 0; n < SHARE; n += 1) await come('x', false, address);
  };
  return { time, come, flood };
}

test('attacks: remembers so many good keys and no more, those that came last', async () => {
  const { come, flood } = guarded(3);
  for (const key of ['a', 'b', 'c', 'a', 'd']) expect(await come(key, true)).toBe(key);
  await flood();
  const answers = [];
  for (const key of ['a', 'b', 'c', 'd']) answers.push(await come(key, true));
  expect(answers).toStrictEqual(['a', 'refused', 'c', 'd']);
});

test('attacks: forgets blocks rather than fill the memory, and counts on', async () => {
  const { come, flood } = guarded();
  await flood();
  expect(await come('x', false)).toBe('refused');
  // More than a window remembers: whoever has so many networks has a share in each.
  for (let n = 0; n < 50_000; n += 1) await come('x', false, `2001:db8:${n.toString(16)}::1`);
  expect(await come('x', false)).toBe('none');
  await flood();
  expect(await come('x', false)).toBe('refused');
}, 60_000);

test('gives a share back as the minute passes', async () => {
  const { time, come, flood } = guarded();
  await flood();
  expect(await come('x', false)).toBe('refused');
  time.now = 60_000;
  expect(await come('x', false)).toBe('refused');
  time.now = 90_000;
  expect(await come('x', false)).toBe('none');
  expect(await come('x', false)).toBe('refused');
});
