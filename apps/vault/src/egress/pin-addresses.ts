import { isIP } from 'node:net';
import { EgressError } from './egress-error.ts';
import { isForbiddenAddress } from './forbidden-addresses.ts';
import type { Target } from './judge-target.ts';

/** Ends with the signal, where it can. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * The addresses of a target, asked for once. Whoever owns a name may answer with a public address now and with ours
 * a moment later, so these are connected to and the name is never looked up again. One forbidden address among
 * them condemns all: which of them is tried first is nothing to rely on.
 *
 * @throws EgressError `refused` or `not_sent`.
 */
export async function pinAddresses(
  target: Target,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { name } = target;
  const addresses = isIP(name) === 0 ? await resolved(name, resolve, signal) : [name];
  if (!target.isAllowed && addresses.some(isForbiddenAddress))
    throw new EgressError('refused', 'host_inside');
  return addresses;
}

async function resolved(
  name: string,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const addresses = await lookedUp(name, resolve, signal);
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0))
    throw new EgressError('not_sent', 'name_unresolved');
  return addresses;
}

async function lookedUp(
  name: string,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    // A copy: what is judged and what is connected to must be one list.
    return [...(await resolve(name, signal))];
  } catch (error) {
    throw new EgressError('not_sent', 'name_unresolved', error);
  }
}
