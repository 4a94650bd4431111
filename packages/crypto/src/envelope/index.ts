export { CryptoError, type CryptoErrorCode } from '../crypto-error.ts';
export { type DataKey, generateDataKey } from './data-key.ts';
export {
  type EnvelopeContext,
  envelopeDataKeyId,
  openEnvelope,
  sealEnvelope,
} from './envelope.ts';
export { unwrapKey, wrapKey } from './wrapped-key.ts';
