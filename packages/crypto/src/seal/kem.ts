/**
 * The encapsulating half of X-Wing. `path` names the implementation: `native` is WebCrypto,
 * `fallback` is the lazy chunk. `encapsulate` takes a receive key of 1,216 bytes and resolves to a
 * 32-byte secret and 1,120 bytes of `enc`; it rejects for a malformed key.
 */
export type Kem = {
  readonly path: 'native' | 'fallback';
  encapsulate(publicKey: Uint8Array): Promise<{ sharedSecret: Uint8Array; enc: Uint8Array }>;
};

/** Resolves to whether `signature` (64 bytes) is Ed25519 over `message` under `publicKey`. */
export type Ed25519Verify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => Promise<boolean>;
