import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request comes from the shop's own page. A form on a foreign page can make a browser post
 * here, with the shopper's cookies if there were any; browsers then say so in these headers.
 */
export function isOwnPage(headers: IncomingHttpHeaders, shopOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === shopOrigin;
}
