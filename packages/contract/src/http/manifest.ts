import * as z from 'zod/mini';
import { base64url } from '../limits.ts';

const SignedText = z.string().check(z.minLength(2), z.maxLength(16_384));

/**
 * `GET /v1/keys/manifest`: the exact JSON texts that were signed, with their signatures, so that
 * verifying needs no canonicalisation on the reading side.
 */
export const ManifestBundle = z.strictObject({
  delegation: SignedText,
  delegationSignature: base64url(64),
  manifest: SignedText,
  manifestSignature: base64url(64),
});
export type ManifestBundle = z.infer<typeof ManifestBundle>;
