export { CryptoError, type CryptoErrorCode } from '../crypto-error.ts';
export { type DataKey, generateDataKey } from './data-key.ts';
export {
  type EnvelopeContext,
  envelopeDataKeyId,
  openEnvelope,
  sealEnvelope,
} from './envelope.ts';
export {
  joinWrapped,
  type KekBytes,
  splitWrapped,
  unwrapKey,
  wrapContext,
  wrapKey,
  wrapNonce,
  type WrappedParts,
} from './wrapped-key.ts';
