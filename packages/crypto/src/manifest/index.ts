export { CryptoError, type CryptoErrorCode } from '../crypto-error.ts';
export type { Ed25519Verify } from '../seal/kem.ts';
export { canonicalJson } from './canonical-json.ts';
export { kidOf } from './kid.ts';
export {
  type Delegation,
  type Env,
  MAX_DELEGATION_SECONDS,
  MAX_MANIFEST_KEYS,
  type Manifest,
  type ManifestBundle,
  type ManifestKey,
  type ManifestTrust,
  type ReceiveKey,
  type SignedDelegation,
} from './payload.ts';
export { type ManifestDraft, signDelegation, signManifest } from './sign.ts';
export { generateSigningSeed, importSigningSeed, type SigningKey } from './signing-key.ts';
export { verifyDelegation, verifyManifest } from './verify.ts';
