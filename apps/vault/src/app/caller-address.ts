import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Log } from './log.ts';

const NOBODYS = '0.0.0.0';

/**
 * An address as it is counted and compared: IPv4 in its own form, also where a listener on both families
 * shows it in that of IPv6, and without the name of an interface. Nothing for any other text.
 */
export function parseAddress(text: string): string | undefined {
  const [address = ''] = text.split('%', 1);
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) === 0 ? undefined : plain;
}

/**
 * Who sends a request: the one place where an address comes in. What a trusted proxy has written is believed
 * if it is an address, and nothing else. With a port behind it each connection would be a caller of its
 * own, and no limit would hold; such requests count as the proxy's own, which the log says once.
 */
export class CallerAddresses {
  readonly #log: Log;
  #isTold = false;

  constructor(log: Log) {
    this.#log = log;
  }

  of({ ip, ips, socket }: Pick<FastifyRequest, 'ip' | 'ips' | 'socket'>): string {
    const address = parseAddress(ip);
    if (address !== undefined) return address;
    this.#tell();
    // From the connection outwards: the last that is an address is the proxy that wrote what is none.
    const proxy = (ips ?? []).findLast((each) => parseAddress(each) !== undefined);
    return parseAddress(proxy ?? socket.remoteAddress ?? '') ?? NOBODYS;
  }

  #tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const detail =
      'a proxy in TRUST_PROXY writes X-Forwarded-For with more than an address, such as a port: all who come by it count as one';
    this.#log.warn({ detail }, 'callers cannot be told apart');
  }
}
