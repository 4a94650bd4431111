export { fallbackEd25519, fallbackKem } from '@hushfield/crypto/fallback';
