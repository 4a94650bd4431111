import { isIP } from 'node:net';
import { EgressError } from './egress-error.ts';

/** Where a request goes, after all rules that need no network. */
export type Target = {
  /** The host as certificates and resolvers know it: IPv6 without brackets. */
  readonly name: string;
  readonly port: number;
  /** What stands in the Host header. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
  readonly isSecure: boolean;
  /** Whether an operator lets this origin past the rules for addresses. */
  readonly isAllowed: boolean;
};

const LONGEST = 8_192;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Judges a URL. Its host is what the parser of WHATWG made of it, the same that we then call: decimal, octal and
 * full-width spellings of an address are that address here, and no second parser can read another host.
 *
 * @throws EgressError `refused`.
 */
export function judgeTarget(given: URL, allowed: ReadonlySet<string>): Target {
  // Parsed again: nothing of a getter that answers differently later.
  const url = new URL(given.href);
  const isAllowed = allowed.has(url.origin);
  const isSecure = url.protocol === 'https:';
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!(isSecure || (isAllowed && url.protocol === 'http:')) || !isPlain(url))
    throw new EgressError('refused', 'url_form');
  if (!isAllowed && isInsideName(name)) throw new EgressError('refused', 'host_inside');
  if (isIP(name) === 0 && !name.split('.').every((label) => LABEL.test(label)))
    throw new EgressError('refused', 'url_form');
  return {
    ...{ name, isSecure, isAllowed },
    port: Number(url.port === '' ? (isSecure ? 443 : 80) : url.port),
    authority: url.host,
    path: `${url.pathname}${url.search}`,
  };
}

/** Neither a user before the host, nor a fragment behind the path, nor a sign that could end a line. */
function isPlain(url: URL): boolean {
  const hasUser = url.username !== '' || url.password !== '';
  if (hasUser || url.href.includes('#') || url.href.length > LONGEST) return false;
  return url.port !== '0' && /^[\x21-\x7e]+$/.test(`${url.pathname}${url.search}`);
}

/**
 * Names that mean this machine or its neighbours wherever they are asked for (RFC 6761 §6.3). A name of one label is
 * completed by the search list of the machine, and a dot at the end is one more spelling of every name.
 */
function isInsideName(name: string): boolean {
  if (isIP(name) !== 0) return false;
  return name.endsWith('.') || !name.includes('.') || name.endsWith('.localhost');
}
