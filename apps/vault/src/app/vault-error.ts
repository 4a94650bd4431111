import { type ErrorCode, isRetryable, messageOf, errorType } from '@hushfield/contract/errors';
import type { Problem } from '@hushfield/contract/http';
import type { Reason } from './reasons.ts';

const STATUS: ReadonlyMap<ErrorCode, number> = new Map<ErrorCode, number>([
  ['invalid_request', 400],
  ['unauthorized', 401],
  ['invalid_session', 401],
  ['session_expired', 401],
  ['origin_not_allowed', 403],
  ['policy_denied', 403],
  ['not_found', 404],
  ['idempotency_conflict', 409],
  ['version_mismatch', 410],
  ['cvc_unavailable', 422],
  ['rate_limited', 429],
  ['forward_unknown', 502],
  ['forward_not_sent', 503],
  ['service_unavailable', 503],
]);

/** A request that is well formed, with no card in it that is taken, is 422. */
function statusOf(code: ErrorCode): number {
  return STATUS.get(code) ?? (errorType(code) === 'validation_error' ? 422 : 500);
}

/**
 * A refusal that may be shown. It carries a code and nothing of the request, so that neither its
 * message nor its stack can bring card data into an answer or a log.
 */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: ErrorCode;
  readonly status: number;
  /** The input it speaks of. */
  readonly field: string | undefined;
  /** Whole seconds until it is worth another try, where that is known. */
  readonly retryAfter: number | undefined;
  /** For the log and for metrics; no answer holds it. */
  readonly reason: Reason | undefined;

  constructor(code: ErrorCode, status: number = statusOf(code), more: More = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.field = more.field;
    this.retryAfter = more.retryAfter;
    this.reason = more.reason;
  }

  /** A refusal of the usual status. */
  static because(code: ErrorCode, reason: Reason, more: More = {}): VaultError {
    return new VaultError(code, undefined, { ...more, reason });
  }
}

type More = {
  readonly field?: string;
  readonly retryAfter?: number;
  readonly reason?: Reason | undefined;
};

/** The body of a refusal, RFC 9457. */
export function problemOf(error: VaultError, requestId: string): Problem {
  return {
    type: `urn:hushfield:error:${error.code}`,
    title: messageOf(error.code),
    status: error.status,
    code: error.code,
    ...(error.field === undefined ? {} : { field: error.field }),
    retryable: isRetryable(error.code),
    requestId,
  };
}
