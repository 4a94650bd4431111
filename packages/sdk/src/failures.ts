import { BridgeError, FrameRefused } from '@hushfield/bridge';
import { type ErrorCode, errorOf } from '@hushfield/contract/errors';
import { HushfieldError } from './hushfield-error.ts';
import type { HushfieldErrorShape } from './types.ts';

/** The error for a code of the catalogue, with what exactly was wrong when that is the page's own doing. */
export function failure(code: ErrorCode, detail?: string): HushfieldError {
  const shape = errorOf(code);
  const message = detail === undefined ? shape.message : `${shape.message} (${detail})`;
  return new HushfieldError({ ...shape, message });
}

const FRAME_REASONS: ReadonlyMap<string, ErrorCode> = new Map([
  ['insecure_context', 'insecure_context'],
  ['browser_unsupported', 'browser_unsupported'],
  ['session_expired', 'session_expired'],
]);

/** Why a frame could not be had, in the public vocabulary. */
export function loadErrorOf(reason: unknown): HushfieldError {
  if (reason instanceof HushfieldError) return reason;
  if (reason instanceof FrameRefused) {
    return failure(FRAME_REASONS.get(reason.reason) ?? 'browser_unsupported');
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
