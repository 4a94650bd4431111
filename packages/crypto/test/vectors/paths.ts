import type { Hmac } from '../../src/hpke/hkdf.ts';
import { serverDecrypt, serverEncrypt, serverHmac } from '../../src/open/primitives.ts';
import { browserDecrypt, browserEncrypt, browserHmac } from '../../src/seal/primitives.ts';

type Cipher = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, text: Uint8Array) => Uint8Array;

/** The two implementations of everything symmetric: noble in a browser, node:crypto in the vault. */
export const SYMMETRIC_PATHS: readonly {
  readonly name: string;
  readonly hmac: Hmac;
  readonly encrypt: Cipher;
  readonly decrypt: Cipher;
}[] = [
  { name: 'noble', hmac: browserHmac, encrypt: browserEncrypt, decrypt: browserDecrypt },
  { name: 'node', hmac: serverHmac, encrypt: serverEncrypt, decrypt: serverDecrypt },
];
