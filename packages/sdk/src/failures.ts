import { BridgeError } from '@hushfield/bridge';
import { INTEGRATION_MESSAGES, LOAD_MESSAGES } from '@hushfield/contract/errors';
import { HushfieldError } from './hushfield-error.ts';
import { shapeOf } from './shape-of.ts';
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

const RETRYABLE = /timeout|aborted|service/;

/** An error to throw, with what exactly was wrong when that is the page's own doing. */
export function failure(code: OwnCode, detail?: string): HushfieldError {
  const own = Object.entries(MESSAGES).find(([, texts]) => Object.hasOwn(texts, code));
  const [type, texts] = own as [keyof Messages, Readonly<Record<string, string>>];
  const message = texts[code] + (detail ? ` (${detail})` : '');
  return new HushfieldError({ type, code, message, retryable: RETRYABLE.test(code) });
}

/** An error to return. */
export function errorOf(code: OwnCode): HushfieldErrorShape {
  return shapeOf(failure(code));
}

/** Why a frame could not be had, in the public vocabulary. */
export function loadErrorOf(reason: unknown): HushfieldError {
  if (reason instanceof HushfieldError) return reason;
  if (!(reason instanceof BridgeError)) return failure('frame_timeout');
  const { code, reason: word } = reason;
  if (word) return failure(word === 'insecure_context' ? word : 'browser_unsupported');
  // A document that is there and does not understand will not do so at the next try either.
  return failure(/^(closed|timeout)$/.test(code) ? 'frame_timeout' : 'version_mismatch');
}

/** Why a call to a frame failed, in the public vocabulary. */
export function callErrorOf(reason: unknown): HushfieldErrorShape {
  const code = reason instanceof BridgeError && reason.code;
  if (code === 'timeout') return errorOf(code);
  return errorOf(code === 'closed' ? 'aborted' : 'service_unavailable');
}
