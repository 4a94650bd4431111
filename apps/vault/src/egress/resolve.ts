import { lookup, Resolver } from 'node:dns/promises';
import type { Resolve } from './pin-addresses.ts';

/** Of one question to one server; c-ares waits longer at the second try. */
const OPTIONS: { readonly timeout: number; readonly tries: number } = { timeout: 3_000, tries: 2 };

/**
 * As this machine resolves names, its hosts file included. It holds one of the four threads that files are read in
 * too, for as long as a server of names keeps silent and whoever has given up: only for names of an operator's.
 */
export const resolveBySystem: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * Asks the servers of names by itself, without a thread and no longer than it is wanted, so that whoever owns a name
 * whose servers never answer holds up nobody else's. Neither the hosts file nor a search list has a word in it.
 *
 * @param servers - in place of those of this machine.
 */
export function resolverOf(servers?: readonly string[], options = OPTIONS): Resolve {
  return async (host, signal) => {
    // One for each name: what is cancelled is all that it was asked.
    const resolver = new Resolver(options);
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.throwIfAborted();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await bothOf(resolver, host);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** IPv4 first, since more machines have a way there. A name with addresses of one kind is no failure. */
async function bothOf(resolver: Resolver, host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (found.length === 0 && failed !== undefined) throw failed.reason;
  return found;
}
