import { BridgeError, FrameRefused } from '@hushfield/bridge';
import { INTEGRATION_MESSAGES, isRetryable, LOAD_MESSAGES } from '@hushfield/contract/errors';
import { HushfieldError } from './hushfield-error.ts';
import type { HushfieldErrorShape } from './types.ts';

/** What can go wrong on this side of the line; the frames bring the sentences for the rest. */
const MESSAGES = {
  integration_error: INTEGRATION_MESSAGES,
  load_error: LOAD_MESSAGES,
  request_error: {
    aborted: 'The request was cancelled.',
    timeout: 'The secure fields did not answer in time.',
  },
  vault_error: { service_unavailable: 'The secure fields failed.' },
} as const;

type Messages = typeof MESSAGES;
type OwnCode = { [T in keyof Messages]: keyof Messages[T] }[keyof Messages];

/** An error to return. */
export function errorOf(code: OwnCode): HushfieldErrorShape {
  const own = Object.entries(MESSAGES).find(([, texts]) => Object.hasOwn(texts, code));
  const [type, texts] = own as [keyof Messages, Readonly<Record<string, string>>];
  return { type, code, message: texts[code] ?? '', retryable: isRetryable(code) };
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
