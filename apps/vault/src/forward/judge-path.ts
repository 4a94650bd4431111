import type { DestinationRecord } from '@hushfield/contract/api';
import { denied } from './denied.ts';

/** No escapes at all: an encoded slash or dot is a slash or dot to some servers, and a letter to us. */
const SEGMENT = /^(?!\.+$)[A-Za-z0-9_~.@:,=-]+$/;
const PAIR = /^([A-Za-z0-9_.-]{1,60}(?:\[\])?)=([A-Za-z0-9_~.@:,-]{0,200})$/;

const ANY = '{id}';

type Rules = Pick<DestinationRecord, 'host' | 'port' | 'paths' | 'query'>;

/**
 * The URL that a caller's path becomes: one that is approved, with a query of names that may be there. Written again by the parser that the request is sent by; another reading of it is a refusal.
 *
 * @throws VaultError `policy_denied`.
 */
export function judgePath(path: string, rules: Rules): URL {
  const [way = '', query, ...more] = path.split('?');
  const segments = way.split('/').slice(1);
  const isPlain = more.length === 0 && segments.every((segment) => SEGMENT.test(segment));
  const isApproved = rules.paths.some((rule) => isOf(rule.split('/').slice(1), segments));
  const origin = originOf(rules);
  const url = URL.parse(path, origin);
  const isSame = url?.origin === origin && `${url.pathname}${url.search}` === path;
  if (!isPlain || !isApproved || !isSame || !isQuery(query, rules)) throw denied('path');
  return url;
}

/** Segment by segment. `{id}` is one of any name; a star at the end is one or more. */
function isOf(rule: readonly string[], segments: readonly string[]): boolean {
  const isOpen = rule.at(-1) === '*';
  const named = isOpen ? rule.slice(0, -1) : rule;
  const isLong = isOpen ? segments.length > named.length : segments.length === named.length;
  return isLong && named.every((step, at) => step === ANY || step === segments[at]);
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
