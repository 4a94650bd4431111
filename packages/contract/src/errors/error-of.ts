import { type ErrorCode, type ErrorShape, errorType, isRetryable } from './codes.ts';
import { messageOf } from './messages.ts';

type Detail = { field?: string | undefined; requestId?: string | undefined };

/** The one shape errors have on every wire, with the sentence given. */
export function errorShape(code: ErrorCode, message: string, detail: Detail = {}): ErrorShape {
  return {
    type: errorType(code),
    code,
    message,
    ...(detail.field === undefined ? {} : { field: detail.field }),
    retryable: isRetryable(code),
    ...(detail.requestId === undefined ? {} : { requestId: detail.requestId }),
  };
}

/**
 * The error for a code, with its English sentence.
 *
 * @example errorOf('invalid_number', { field: 'number' })
 */
export function errorOf(code: ErrorCode, detail: Detail = {}): ErrorShape {
  return errorShape(code, messageOf(code), detail);
}
