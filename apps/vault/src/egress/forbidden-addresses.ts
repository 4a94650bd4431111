import { BlockList, isIP } from 'node:net';

/*
 * The IANA special-purpose registries (RFC 6890), and what they leave out. A row is forbidden also where the
 * registry says "globally reachable": nobody takes payments at an anycast address of AS112.
 */
const IPV4 = [
  '0.0.0.0/8', //       this network, RFC 791: 0.0.0.0 is this machine on Linux
  '10.0.0.0/8', //      private, RFC 1918
  '100.64.0.0/10', //   behind a carrier's NAT, RFC 6598; metadata of one cloud
  '127.0.0.0/8', //     loopback, RFC 1122
  '168.63.129.16/32', // public by its looks: the host agent of one cloud
  '169.254.0.0/16', //  link-local, RFC 3927; metadata of most clouds
  '172.16.0.0/12', //   private, RFC 1918
  '192.0.0.0/24', //    protocol assignments, RFC 6890; metadata of one cloud
  '192.0.2.0/24', //    documentation, RFC 5737
  '192.31.196.0/24', // AS112, RFC 7535
  '192.52.193.0/24', // AMT, RFC 7450
  '192.88.99.0/24', //  relays of 6to4, RFC 7526
  '192.168.0.0/16', //  private, RFC 1918
  '192.175.48.0/24', // AS112, RFC 7534
  '198.18.0.0/15', //   benchmarks, RFC 2544
  '198.51.100.0/24', // documentation, RFC 5737
  '203.0.113.0/24', //  documentation, RFC 5737
  '224.0.0.0/4', //     multicast, RFC 5771
  '240.0.0.0/4', //     reserved, RFC 1112, and broadcast, RFC 919
];

/*
 * Global unicast is 2000::/3 (RFC 4291) and nothing else, so all around it is forbidden by three rows: the
 * unspecified address and loopback, IPv4-mapped and -compatible, NAT64 (64:ff9b::/96, RFC 6052, and
 * 64:ff9b:1::/48, RFC 8215), discard, unique local (metadata of one cloud), link- and site-local, multicast, SRv6.
 */
const IPV6 = [
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23', //         protocol assignments, RFC 2928: Teredo, benchmarks, ORCHID, AMT
  '2001:db8::/32', //     documentation, RFC 3849
  '2002::/16', //         6to4, RFC 3056: an IPv4 address inside
  '2620:4f:8000::/48', // AS112, RFC 7534
  '3ffe::/16', //         the 6bone that was, RFC 3701
  '3fff::/20', //         documentation, RFC 9637
];

// Apart: one list of both compares an IPv4 address with the IPv4-mapped block too.
const forbidden4 = listOf(IPV4, 'ipv4');
const forbidden6 = listOf(IPV6, 'ipv6');

/**
 * Whether an address is one that a request from outside must not lead to. What is no plain address is one too:
 * a zone (`fe80::1%eth0`) names an interface of this machine.
 */
export function isForbiddenAddress(address: string): boolean {
  if (address.includes('%')) return true;
  const family = isIP(address);
  if (family === 0) return true;
  return family === 4 ? forbidden4.check(address, 'ipv4') : forbidden6.check(address, 'ipv6');
}

function listOf(blocks: readonly string[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [net = '', bits] = block.split('/');
    list.addSubnet(net, Number(bits), type);
  }
  return list;
}
