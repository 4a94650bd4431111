import { createPublicKey, verify } from 'node:crypto';
import type { Ed25519Verify } from '../seal/kem.ts';

// DER header in front of a raw public key (RFC 8410).
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 verification by Node. A malformed key or signature is an answer, not an accident. */
export const nodeEd25519: Ed25519Verify = async (publicKey, message, signature) => {
  try {
    const der = Buffer.concat([ED25519_SPKI, publicKey]);
    return verify(
      null,
      message,
      createPublicKey({ key: der, format: 'der', type: 'spki' }),
      signature,
    );
  } catch {
    return false;
  }
};
