import { getDomain } from 'tldts';
import type { Vault } from '../vault.ts';

/** The registrable domain, or the host where there is none: an address, `localhost`. */
export function siteOf(origin: string): string {
  const { hostname } = new URL(origin);
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}

/**
 * Whether one of a merchant's origins may not be taken, since it stands on the site of the fields. Test
 * mode takes it: there, all is `localhost`. The same rule as `origin_facts` in the database.
 */
export function standsOnFieldsSite(
  { mode, site: { fieldsOrigin } }: Pick<Vault, 'mode' | 'site'>,
  origins: readonly string[],
): boolean {
  const site = siteOf(fieldsOrigin);
  const isOn = (host: string) => host === site || host.endsWith(`.${site}`);
  return mode === 'live' && origins.some((origin) => isOn(new URL(origin).hostname));
}
