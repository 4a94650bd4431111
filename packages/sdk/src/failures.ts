import { BridgeError, FrameRefused } from '@hushfield/bridge';
import {
  type ErrorCode,
  type ErrorShape,
  errorType,
  isRetryable,
  PAGE_MESSAGES,
} from '@hushfield/contract/errors';
import { HushfieldError } from './hushfield-error.ts';
import type { HushfieldErrorShape } from './types.ts';

/** What can go wrong on this side of the line; the frames bring the sentences for the rest. */
const MESSAGES = {
  ...PAGE_MESSAGES,
  aborted: 'The request was cancelled.',
  timeout: 'The secure fields did not answer in time.',
  service_unavailable: 'The secure fields failed.',
} as const satisfies Partial<Record<ErrorCode, string>>;

type OwnCode = keyof typeof MESSAGES;

/** An error to return. */
export function errorOf(code: OwnCode): ErrorShape {
  return { type: errorType(code), code, message: MESSAGES[code], retryable: isRetryable(code) };
}

/** An error to throw, with what exactly was wrong when that is the page's own doing. */
export function failure(code: OwnCode, detail?: string): HushfieldError {
  const shape = errorOf(code);
  const message = detail === undefined ? shape.message : `${shape.message} (${detail})`;
  return new HushfieldError({ ...shape, message });
}

/** Why a frame could not be had, in the public vocabulary. */
export function loadErrorOf(reason: unknown): HushfieldError {
  if (reason instanceof HushfieldError) return reason;
  if (reason instanceof FrameRefused) {
    return failure(
      reason.reason === 'insecure_context' ? 'insecure_context' : 'browser_unsupported',
    );
  }
  if (reason instanceof BridgeError && reason.code === 'version') {
    return failure('version_mismatch');
  }
  return failure('frame_timeout');
}

/** Why a call to a frame failed, in the public vocabulary. */
export function callErrorOf(reason: unknown): HushfieldErrorShape {
  const code = reason instanceof BridgeError ? reason.code : 'internal';
  if (code === 'timeout') return errorOf('timeout');
  if (code === 'closed') return errorOf('aborted');
  return errorOf('service_unavailable');
}
