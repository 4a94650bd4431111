import { ed25519 } from '@noble/curves/ed25519.js';
import type { Ed25519Verify } from '../seal/kem.ts';

/**
 * Ed25519 verification in plain JavaScript, by the strict rules of RFC 8032 rather than the laxer
 * ZIP 215 ones, so that it refuses what the engines refuse.
 *
 * @example await verifyManifest(bundle, trust, fallbackEd25519);
 */
export const fallbackEd25519: Ed25519Verify = async (publicKey, message, signature) => {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
};
