/** Why a call across a port failed. Nothing of the other side's message or stack is ever kept. */
export type BridgeErrorCode =
  | 'closed'
  | 'internal'
  | 'protocol'
  | 'refused'
  | 'timeout'
  | 'version';

const MESSAGES: Readonly<Record<BridgeErrorCode, string>> = {
  closed: 'The other side is gone.',
  internal: 'The other side failed.',
  protocol: 'The other side answered with something that was not declared.',
  refused: 'The call was not allowed.',
  timeout: 'The other side did not answer in time.',
  version: 'The other side speaks another protocol version.',
};

/** The one error of this package. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;

  constructor(code: BridgeErrorCode) {
    super(MESSAGES[code]);
    this.code = code;
  }
}
