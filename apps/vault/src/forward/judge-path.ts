import type { DestinationRecord } from '@hushfield/contract/api';
import { denied } from './denied.ts';

/** No escapes at all: an encoded slash or dot is a slash or dot to some servers, and a letter to us. */
const SEGMENT = /^(?!\.+$)[A-Za-z0-9_~.@:,=-]+$/;
const PAIR = /^([A-Za-z0-9_.-]{1,60}(?:\[\])?)=([A-Za-z0-9_~.@:,-]{0,200})$/;

type Rules = Pick<DestinationRecord, 'host' | 'port' | 'paths' | 'query'>;

/**
 * The URL that a caller's path becomes: under an approved prefix, by whole segments, with a query of names that
 * may be there. Written again by the parser that the request is sent by; another reading of it is a refusal.
 *
 * @throws VaultError `policy_denied`.
 */
export function judgePath(path: string, rules: Rules): URL {
  const [way = '', query, ...more] = path.split('?');
  const segments = way.split('/').slice(1);
  const isPlain = more.length === 0 && segments.every((segment) => SEGMENT.test(segment));
  const isApproved = rules.paths.some((prefix) => way === prefix || way.startsWith(`${prefix}/`));
  const origin = originOf(rules);
  const url = URL.parse(path, origin);
  const isSame = url?.origin === origin && `${url.pathname}${url.search}` === path;
  if (!isPlain || !isApproved || !isSame || !isQuery(query, rules)) throw denied('path');
  return url;
}

/** `https:` always: there is no other way to send a card. */
export function originOf({ host, port = 443 }: Pick<Rules, 'host' | 'port'>): string {
  return port === 443 ? `https://${host}` : `https://${host}:${port}`;
}

function isQuery(text: string | undefined, { query = [] }: Rules): boolean {
  if (text === undefined) return true;
  return text.split('&').every((pair) => {
    const [, name] = PAIR.exec(pair) ?? [];
    return name !== undefined && query.includes(name);
  });
}
