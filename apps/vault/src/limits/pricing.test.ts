import { expect, test } from 'vitest';
import { createLog } from '../app/log.ts';
import { Pricing } from './pricing.ts';

test('asks for a session a quarter of an hour from the last time it was too much, of that key only', () => {
  const time = { now: 0 };
  const lines: string[] = [];
  const pricing = new Pricing(
    () => time.now,
    createLog('info', (line) => lines.push(line)),
  );
  expect(pricing.requiresSession('key00001')).toBe(false);
  pricing.raise('key00001');
  time.now = 10 * 60_000;
  pricing.raise('key00001');
  time.now = 25 * 60_000 - 1;
  expect(pricing.requiresSession('key00001')).toBe(true);
  expect(pricing.requiresSession('key00002')).toBe(false);
  time.now += 1;
  expect(pricing.requiresSession('key00001')).toBe(false);
  expect(lines).toHaveLength(1);
});
