import { getDomain } from 'tldts';

/** The registrable domain, or the host where there is none: an address, `localhost`. */
export function siteOf(origin: string): string {
  const { hostname } = new URL(origin);
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
