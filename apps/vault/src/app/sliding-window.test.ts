import { expect, test } from 'vitest';
import { addressBlock } from './address-block.ts';
import { SlidingWindow } from './sliding-window.ts';

test('lets a caller take its limit each minute, and spreads it over the turn of the minute', () => {
  const time = { now: 0 };
  const window = new SlidingWindow(10, () => time.now);
  const takes = (count: number, caller = 'a') =>
    Array.from({ length: count }, () => window.take(caller)).filter(Boolean).length;
  expect(takes(20)).toBe(10);
  expect(takes(3, 'b')).toBe(3);
  time.now = 60_000;
  expect(takes(20)).toBe(0);
  time.now = 90_000;
  expect(takes(20)).toBe(5);
  time.now = 240_000;
  expect(takes(20)).toBe(10);
});

test.each([
  ['192.0.2.77', '192.0.2.0/24'],
  ['2001:db8:1:2ff::1', '2001:db8:1::/48'],
  ['2001:db8:1:200:5:6:7:8', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
])('counts %s under %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});
