import type { HushfieldErrorShape } from './types.ts';

/** Thrown for what the integrating code can mend; what a shopper causes is returned instead. */
export class HushfieldError extends Error implements HushfieldErrorShape {
  override readonly name = 'HushfieldError';
  readonly type: HushfieldErrorShape['type'];
  readonly code: string;
  readonly retryable: boolean;

  constructor({ type, code, message, retryable }: HushfieldErrorShape) {
    super(message);
    this.type = type;
    this.code = code;
    this.retryable = retryable;
  }
}
