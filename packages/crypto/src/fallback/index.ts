export { fallbackEd25519 } from './fallback-ed25519.ts';
export { fallbackKem } from './fallback-kem.ts';
