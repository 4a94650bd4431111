/** Why a call across a port failed. Nothing of the other side's message or stack is ever kept. */
export type BridgeErrorCode =
  | 'closed'
  | 'internal'
  | 'protocol'
  | 'refused'
  | 'timeout'
  | 'version';

/** The one error of this package. Its message is its code: whoever shows an error has words of their own. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;
  /** A frame that will not run, in a word of its own. */
  readonly reason: string | undefined;

  constructor(code: BridgeErrorCode, reason?: string) {
    super(code);
    this.code = code;
    this.reason = reason;
  }
}
