import { createPublicKey, verify } from 'node:crypto';
import type { Ed25519Verify } from '@hushfield/crypto/manifest';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The frames' verifier, on Node. */
export const verifyEd25519: Ed25519Verify = async (publicKey, message, signature) => {
  const der = Buffer.concat([SPKI, publicKey]);
  return verify(
    null,
    message,
    createPublicKey({ key: der, format: 'der', type: 'spki' }),
    signature,
  );
};
