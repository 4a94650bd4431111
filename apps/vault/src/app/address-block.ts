import { isIPv4 } from 'node:net';

/**
 * The block of addresses that is limited as one caller: /24 for IPv4, /48 for IPv6, which is the
 * most that a single customer of a network is usually given.
 *
 * @param address - as `parseAddress` gives it.
 * @example addressBlock('192.0.2.77') // '192.0.2.0/24'
 */
export function addressBlock(address: string): string {
  if (isIPv4(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  const groups = groupsOf(address).slice(0, 3);
  return `${groups.map((group) => group.toString(16)).join(':')}::/48`;
}

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array(zeros).fill('0'), ...after].map((group) =>
    Number.parseInt(group, 16),
  );
}
