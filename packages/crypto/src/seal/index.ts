export { CryptoError, type CryptoErrorCode } from '../crypto-error.ts';
export { type Binding, encodeBinding } from '../hpke/binding.ts';
export { pad } from '../hpke/padding.ts';
export {
  PLAINTEXT_BYTES,
  ENC_BYTES,
  LONG_PLAINTEXT_BYTES,
  PUBLIC_KEY_BYTES,
  REPLY_BYTES,
  REPLY_PLAINTEXT_BYTES,
  TAG_BYTES,
} from '../hpke/sizes.ts';
export type { ManifestBundle, ManifestTrust, ReceiveKey } from '../manifest/payload.ts';
export { verifyManifest } from '../manifest/verify.ts';
export { verifySession } from '../session/session-text.ts';
export type { Ed25519Verify, Kem } from './kem.ts';
export { nativeEd25519 } from './native-ed25519.ts';
export { nativeKem } from './native-kem.ts';
export { type Sealed, type SealInput, seal } from './seal.ts';
