import { BridgeError } from '@hushfield/bridge';
import { ERROR_CODES, errorType, isRetryable } from '@hushfield/contract/errors';
import { expect, it } from 'vitest';
import { callErrorOf, errorOf, failure, loadErrorOf } from './failures.ts';

type OwnCode = Parameters<typeof errorOf>[0];

/** Those that this side can say. */
const own = ERROR_CODES.filter((code): code is OwnCode => {
  try {
    return errorOf(code as OwnCode).message !== '';
  } catch {
    return false;
  }
});

it('says of its own codes what the catalogue says', () => {
  expect(own.length).toBeGreaterThan(10);
  for (const code of own) {
    const said = { type: errorType(code), code, retryable: isRetryable(code) };
    expect(errorOf(code)).toStrictEqual({ ...said, message: expect.stringMatching(/^[A-Z].*\.$/) });
  }
});

it('says what exactly was wrong behind the sentence', () => {
  const { message, name, code } = failure('invalid_option', 'labels.number');
  expect({ message, name, code }).toStrictEqual({
    message: `${errorOf('invalid_option').message} (labels.number)`,
    name: 'HushfieldError',
    code: 'invalid_option',
  });
});

it.each([
  [failure('frame_blocked_csp'), 'frame_blocked_csp'],
  [new BridgeError('refused', 'insecure_context'), 'insecure_context'],
  [new BridgeError('refused', 'a_word_of_2031'), 'browser_unsupported'],
  [new BridgeError('version'), 'version_mismatch'],
  [new BridgeError('timeout'), 'frame_timeout'],
  [new BridgeError('closed'), 'frame_timeout'],
  // A document that is there, and does not understand what this side says, or is not understood.
  [new BridgeError('refused'), 'version_mismatch'],
  [new BridgeError('internal'), 'version_mismatch'],
  [new BridgeError('protocol'), 'version_mismatch'],
  [new Error('anything'), 'frame_timeout'],
])('tells of a frame that could not be had: %s', (reason, code) => {
  expect(loadErrorOf(reason).code).toBe(code);
});

it.each([
  [new BridgeError('timeout'), 'timeout'],
  [new BridgeError('closed'), 'aborted'],
  [new BridgeError('protocol'), 'service_unavailable'],
  [new Error('anything'), 'service_unavailable'],
])('tells of a call that failed: %s', (reason, code) => {
  expect(callErrorOf(reason).code).toBe(code);
});
