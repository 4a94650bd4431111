import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is one of those a key may come from. No list means any; what cannot be read as
 * an address is in no list.
 *
 * @param addresses - addresses and CIDR blocks, `192.0.2.7` or `2001:db8::/48`.
 */
export function isAllowedAddress(addresses: readonly string[], address: string): boolean {
  if (addresses.length === 0) return true;
  const family = isIP(address);
  return family !== 0 && blockList(addresses).check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a text is an address, or a CIDR block of its family's width. */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return (
    bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
  );
}

function blockList(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of addresses) {
    const [net = '', bits] = block.split('/');
    const type = isIP(net) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(net, type);
    else list.addSubnet(net, Number(bits), type);
  }
  return list;
}
