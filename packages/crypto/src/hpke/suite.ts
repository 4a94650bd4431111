import { concatBytes } from '@noble/hashes/utils.js';
import { asciiBytes } from '../encoding/ascii.ts';
import { uintBytes } from '../encoding/length-prefixed.ts';

/** Identifiers of RFC 9180 §7 with the AEAD's key and nonce length in bytes. */
export type Suite = {
  readonly kem: number;
  readonly kdf: 0x0001;
  readonly aead: number;
  readonly keyBytes: number;
  readonly nonceBytes: number;
};

/** X-Wing, HKDF-SHA256, ChaCha20-Poly1305: the only suite that is ever put on the wire. */
export const SUITE: Suite = {
  kem: 0x647a,
  kdf: 0x0001,
  aead: 0x0003,
  keyBytes: 32,
  nonceBytes: 12,
};

/** The same three numbers as they stand in a manifest. */
export const SUITE_IDS = [SUITE.kem, SUITE.kdf, SUITE.aead] as const;

/** `suite_id` of RFC 9180 §5.1, the context of every labeled derivation. */
export function suiteId(suite: Suite): Uint8Array {
  return concatBytes(
    asciiBytes('HPKE'),
    uintBytes(suite.kem, 2),
    uintBytes(suite.kdf, 2),
    uintBytes(suite.aead, 2),
  );
}
