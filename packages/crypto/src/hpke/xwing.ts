import { concatBytes } from '@noble/hashes/utils.js';
import { ENC_BYTES, PUBLIC_KEY_BYTES } from './sizes.ts';

/**
 * Byte layout and combiner of X-Wing (draft-connolly-cfrg-xwing-kem §5). Keys and ciphertexts are
 * the ML-KEM-768 part followed by 32 bytes of X25519.
 */
export type XWingParts = { readonly mlKem: Uint8Array; readonly x25519: Uint8Array };

const X25519_BYTES = 32;
const LABEL = Uint8Array.of(0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c); // \.//^\

/** Throws RangeError unless there are exactly 1,216 bytes. */
export function splitPublicKey(publicKey: Uint8Array): XWingParts {
  return split(publicKey, PUBLIC_KEY_BYTES);
}

/** Throws RangeError unless there are exactly 1,120 bytes. */
export function splitEnc(enc: Uint8Array): XWingParts {
  return split(enc, ENC_BYTES);
}

function split(bytes: Uint8Array, size: number): XWingParts {
  if (bytes.length !== size) throw new RangeError(`expected ${size} bytes`);
  const at = size - X25519_BYTES;
  return { mlKem: bytes.subarray(0, at), x25519: bytes.subarray(at) };
}

/**
 * Combiner of §5.3. The X25519 ciphertext and key are hashed in because X25519 alone does not bind
 * them; ML-KEM binds its own ciphertext, which is why that one is absent.
 */
export function combine(
  sha3: (message: Uint8Array) => Uint8Array,
  secrets: XWingParts,
  ephemeral: Uint8Array,
  recipient: Uint8Array,
): Uint8Array {
  const input = concatBytes(secrets.mlKem, secrets.x25519, ephemeral, recipient, LABEL);
  const sharedSecret = sha3(input);
  input.fill(0);
  secrets.mlKem.fill(0);
  secrets.x25519.fill(0);
  return sharedSecret;
}
