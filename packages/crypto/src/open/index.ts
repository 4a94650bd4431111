export { CryptoError, type CryptoErrorCode } from '../crypto-error.ts';
export { type Binding, encodeBinding } from '../hpke/binding.ts';
export { unpad } from '../hpke/padding.ts';
export {
  PLAINTEXT_BYTES,
  ENC_BYTES,
  LONG_PLAINTEXT_BYTES,
  PUBLIC_KEY_BYTES,
  REPLY_BYTES,
  REPLY_PLAINTEXT_BYTES,
  TAG_BYTES,
} from '../hpke/sizes.ts';
export { type Opened, type OpenInput, open } from './open.ts';
export { generateReceiveSeed, importReceiveSeed, type ReceiveSecret } from './receive-secret.ts';
