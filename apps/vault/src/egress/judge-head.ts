import { EgressError } from './egress-error.ts';
import type { Outgoing } from './send.ts';

const METHODS = new Set(['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT']);
const WITH_BODY = new Set(['PATCH', 'POST', 'PUT']);

/** Names of RFC 9110 §5.1. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** Neither CR, LF and NUL, which would end the line, nor what two servers could read as two texts. */
const VALUE = /^[\t\x20-\x7e]*$/;

/** Framing and routing are ours: who sets them can make one request into two (RFC 9112 §11.2). */
const OURS =
  /^(?:host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive|accept-encoding|http2-settings|proxy-.*)$/i;

const MOST_BYTES = 16_384;
const LONGEST_WAIT = 600_000;

/**
 * The header lines of a request, names and values in turn, ours among them.
 *
 * @throws EgressError `refused`.
 */
export function judgeHead(out: Outgoing, authority: string): string[] {
  const lines = out.headers.flatMap(([name, value]) => [name, value]);
  const isSound =
    METHODS.has(out.method) &&
    isBetween(out.within, LONGEST_WAIT) &&
    isBetween(out.maxBytes, Number.MAX_SAFE_INTEGER) &&
    lines.reduce((sum, text) => sum + text.length, 0) <= MOST_BYTES &&
    out.headers.every(([name, value]) => NAME.test(name) && VALUE.test(value) && !OURS.test(name));
  if (!isSound) throw new EgressError('refused', 'request_form');
  return [
    ...['host', authority, 'connection', 'close', 'accept-encoding', 'identity'],
    ...lengthLine(out),
    ...lines,
  ];
}

function lengthLine({ body, method }: Outgoing): string[] {
  if (body === null && !WITH_BODY.has(method)) return [];
  return ['content-length', String(body?.byteLength ?? 0)];
}

function isBetween(number: number, most: number): boolean {
  return number > 0 && number <= most;
}
