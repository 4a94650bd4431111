import { lengthPrefixed, uintBytes } from '../encoding/length-prefixed.ts';

/**
 * Everything a sealed body is bound to. The frame builds it from its ticket and session, the vault
 * rebuilds it from the ones it has verified; a difference in any part makes opening fail.
 * Texts are printable ASCII; `sessionId` is empty without a session; `issuedAt` is the ticket's, in
 * unix seconds; `billingDigest` is a SHA-256 or empty.
 */
export type Binding = {
  readonly version: 1;
  readonly env: 'test' | 'live';
  readonly tenant: string;
  readonly keyId: string;
  readonly ticketNonce: string;
  readonly sessionId: string;
  readonly parentOrigin: string;
  readonly attempt: number;
  readonly kid: string;
  readonly issuedAt: number;
  readonly billingDigest: Uint8Array;
};

const LABEL = 'hushfield/v1/binding';

/**
 * The AAD of a seal: a domain label, then every part in fixed order, each length-prefixed.
 *
 * @throws RangeError when a text is not printable ASCII, a number is out of range or
 * `billingDigest` has neither 0 nor 32 bytes.
 * @example await seal({ kem, publicKey, aad: encodeBinding(binding), plaintext })
 */
export function encodeBinding(binding: Binding): Uint8Array {
  const { billingDigest } = binding;
  if (billingDigest.length !== 0 && billingDigest.length !== 32) {
    throw new RangeError('billingDigest has 0 or 32 bytes');
  }
  return lengthPrefixed([
    LABEL,
    uintBytes(binding.version, 1),
    binding.env,
    binding.tenant,
    binding.keyId,
    binding.ticketNonce,
    binding.sessionId,
    binding.parentOrigin,
    uintBytes(binding.attempt, 4),
    binding.kid,
    uintBytes(binding.issuedAt, 8),
    billingDigest,
  ]);
}
