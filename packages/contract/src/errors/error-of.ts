import { type ErrorCode, type ErrorShape, errorType } from './codes.ts';
import { messageOf } from './messages.ts';
import { isRetryable } from './retryable.ts';

type Detail = { field?: string | undefined; requestId?: string | undefined };

/**
 * The error for a code, with its English sentence, in the one shape errors have on every wire.
 *
 * @example errorOf('invalid_number', { field: 'number' })
 */
export function errorOf(code: ErrorCode, { field, requestId }: Detail = {}): ErrorShape {
  return {
    type: errorType(code),
    code,
    message: messageOf(code),
    ...(field === undefined ? {} : { field }),
    retryable: isRetryable(code),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
