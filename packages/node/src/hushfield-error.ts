/**
 * What any call may reject with. Holds nothing of the request: neither a card nor a key can come into
 * your logs by it.
 */
export class HushfieldError extends Error {
  override readonly name = 'HushfieldError';
  /** Stable; see the reference. */
  readonly code: string;
  /** HTTP status, or 0 where there was no answer. */
  readonly status: number;
  /** The input it speaks of. */
  readonly field: string | undefined;
  /** Finds the line in the vault's log. */
  readonly requestId: string | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    about: { status?: number; field?: string; requestId?: string; retryable?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.status = about.status ?? 0;
    this.field = about.field;
    this.requestId = about.requestId;
    this.retryable = about.retryable ?? false;
  }
}
