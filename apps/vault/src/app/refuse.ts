import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isOutage, outageKind } from '../db/outage.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import type { Metrics } from '../operate/metrics.ts';
import { detailOf, type Log } from './log.ts';
import type { Reason } from './reasons.ts';
import type { Headers } from './security-headers.ts';
import { VaultError } from './vault-error.ts';
import type { ErrorCode } from '@hushfield/contract/errors';

/** What a handler may add to the log line of its request. */
export type Facts = { tenant?: string; keyId?: string; code?: ErrorCode; reason?: Reason };

export type Role = {
  readonly name: 'fields' | 'api' | 'operate';
  /** Headers of every answer that does not set its own. */
  readonly headers: Headers;
  /** Content type and body of a refusal. */
  refuse(error: VaultError, requestId: string): { readonly type: string; readonly body: string };
};

/** Who tells of requests, inside and outside. */
export type Reporter = {
  readonly role: Role;
  readonly log: Log;
  readonly http: Metrics['http'] | undefined;
};

/** Answers with a refusal: outside a code, and in the log and the metrics why. */
export function refuse(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { role, log, http }: Reporter,
): FastifyReply {
  const shown = shownAs(error);
  if (shown.status >= 500) {
    log.error({ requestId: request.id, role: role.name, detail: detailOf(error) }, 'failed');
  }
  const { code, reason = 'other' } = shown;
  if (request.facts) Object.assign(request.facts, { code, reason });
  if (role.name !== 'operate') http?.refusals.add({ role: role.name, code, reason });
  const { type, body } = role.refuse(shown, request.id);
  // Errors keep the CORS headers that a route has set, but no policy of the page that failed.
  const cors = reply.hasHeader('access-control-allow-origin');
  for (const [name, value] of Object.entries(role.headers)) {
    if (!(cors && CORS_DECIDES.has(name))) reply.header(name, value);
  }
  // Nor is it in the encoding of the body that it takes the place of.
  reply.removeHeader('content-encoding');
  if (shown.retryAfter !== undefined) reply.header('retry-after', shown.retryAfter);
  return reply.header('x-request-id', request.id).code(shown.status).type(type).send(body);
}

/** What a route's CORS headers have set, and an error must not take back. */
const CORS_DECIDES: ReadonlySet<string> = new Set(['vary', 'cross-origin-resource-policy']);

/** What the framework refuses by itself, before a route is asked. */
const FRAMEWORK: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  ['FST_ERR_BAD_URL', 'url_unreadable'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'url_unreadable'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'body_type'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'body_json'],
]);

/**
 * Outside, everything unforeseen is one answer; what happened stands in the log. Only the status
 * differs: frames repeat a request after 503, and not after a mistake of ours that would come again.
 */
function shownAs(error: unknown): VaultError {
  if (error instanceof VaultError) return error;
  if (error instanceof KeysUnavailable)
    return VaultError.because('service_unavailable', 'keys_away');
  if (isOutage(error)) return VaultError.because('service_unavailable', outageKind(error));
  if (!isFastifyError(error)) return new VaultError('service_unavailable', 500);
  const { statusCode: status = 500, code } = error;
  const reason = FRAMEWORK.get(code) ?? 'request_unreadable';
  return status >= 400 && status < 500
    ? new VaultError('invalid_request', status, { reason })
    : new VaultError('service_unavailable', status === 503 ? 503 : 500);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_');
}
