import { isIPv4 } from 'node:net';

/**
 * The block of addresses that is limited as one caller: /24 for IPv4, /48 for IPv6, which is the
 * most that a single customer of a network is usually given.
 *
 * @example addressBlock('192.0.2.77') // '192.0.2.0/24'
 */
export function addressBlock(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(plain)) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`;
  const groups = groupsOf(plain).slice(0, 3);
  return `${groups.map((group) => group.toString(16)).join(':')}::/48`;
}

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array(zeros).fill('0'), ...after].map((group) =>
    Number.parseInt(group, 16),
  );
}
