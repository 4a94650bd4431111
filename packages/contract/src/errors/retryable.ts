import type { ErrorCode } from './codes.ts';

const RETRYABLE: ReadonlySet<string> = new Set<ErrorCode>([
  'script_blocked',
  'script_timeout',
  'frame_timeout',
  'network_error',
  'timeout',
  'aborted',
  'rate_limited',
  'service_unavailable',
  'forward_not_sent',
]);

/** Whether the same call may succeed later with nothing changed by the caller. */
export function isRetryable(code: ErrorCode): boolean {
  return RETRYABLE.has(code);
}
