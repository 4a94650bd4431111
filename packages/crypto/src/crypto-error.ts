/**
 * Stable reasons for a refusal. One code covers every cause in its domain on purpose: a caller who
 * could tell a bad tag from bad padding would hold an oracle (Bleichenbacher, Vaudenay).
 */
export type CryptoErrorCode =
  | 'seal_invalid'
  | 'reply_invalid'
  | 'manifest_invalid'
  | 'envelope_invalid'
  | 'wrapped_key_invalid'
  | 'public_key_invalid';

/**
 * The only error this package throws for data that came from outside. Carries no cause and no
 * detail, so nothing about a plaintext or a key can ride along into a log. Misuse by our own code
 * throws `TypeError` or `RangeError` instead.
 *
 * @example
 * try { open(input) } catch (error) { if (error instanceof CryptoError) reply(error.code) }
 */
export class CryptoError extends Error {
  // Class fields define rather than assign, so this works after Error.prototype is frozen.
  override readonly name = 'CryptoError';
  readonly type = 'crypto_error';
  readonly code: CryptoErrorCode;

  constructor(code: CryptoErrorCode) {
    super(code);
    this.code = code;
  }
}
