import { expect, test } from 'vitest';
import { isAllowedAddress } from './allowed-address.ts';

const LIST = ['192.0.2.7', '198.51.100.0/24', '2001:db8::/48'];

test.each([
  [[], '203.0.113.1', true],
  [LIST, '192.0.2.7', true],
  [LIST, '192.0.2.8', false],
  [LIST, '198.51.100.255', true],
  [LIST, '198.51.101.0', false],
  [LIST, '2001:db8:0:1::1', true],
  [LIST, '2001:db8:1::1', false],
  [LIST, '', false],
  [LIST, 'unknown', false],
  [['0.0.0.0/0'], '2001:db8::1', false],
])('attacks: %j from %s: %s', (addresses, address, allowed) => {
  expect(isAllowedAddress(addresses, address)).toBe(allowed);
});
