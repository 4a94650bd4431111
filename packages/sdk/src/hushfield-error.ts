import { type ErrorCode, errorOf } from '@hushfield/contract/errors';
import { BridgeError, FrameRefused } from '@hushfield/bridge';
import type { HushfieldErrorShape } from './types.ts';

/** Thrown for what the integrating code can mend; what a shopper causes is returned instead. */
export class HushfieldError extends Error implements HushfieldErrorShape {
  override readonly name = 'HushfieldError';
  readonly type: HushfieldErrorShape['type'];
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, detail?: string) {
    const shape = errorOf(code);
    super(detail === undefined ? shape.message : `${shape.message} (${detail})`);
    this.type = shape.type;
    this.code = code;
    this.retryable = shape.retryable;
  }
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
    return new HushfieldError(FRAME_REASONS.get(reason.reason) ?? 'browser_unsupported');
  }
  if (reason instanceof BridgeError && reason.code === 'version') {
    return new HushfieldError('version_mismatch');
  }
  return new HushfieldError('frame_timeout');
}

/** Why a call to a frame failed, in the public vocabulary. */
export function callErrorOf(reason: unknown): HushfieldErrorShape {
  const code = reason instanceof BridgeError ? reason.code : 'internal';
  if (code === 'timeout') return errorOf('timeout');
  if (code === 'closed') return errorOf('aborted');
  return errorOf('service_unavailable');
}
