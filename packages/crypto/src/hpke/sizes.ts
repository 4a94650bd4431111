/** Padded length in bytes of whatever a frame seals: a card, another secret, a security code or a grant. */
export const PLAINTEXT_BYTES = 512;
/** Padded length in bytes of a plaintext that is longer than any of today's. */
export const LONG_PLAINTEXT_BYTES = 2048;
/** Padded length of a reply's plaintext in bytes. */
export const REPLY_PLAINTEXT_BYTES = 1024;
/** Length of a Poly1305 tag in bytes. */
export const TAG_BYTES = 16;
/** Length of a ChaCha20-Poly1305 nonce in bytes. */
export const NONCE_BYTES = 12;
/** Length of `enc` in bytes: an ML-KEM-768 ciphertext (1,088) and an X25519 public key (32). */
export const ENC_BYTES = 1120;
/** Length of a receive key in bytes: an ML-KEM-768 key (1,184) and an X25519 key (32). */
export const PUBLIC_KEY_BYTES = 1216;
/** Length of a sealed reply in bytes: nonce, padded plaintext, tag. */
export const REPLY_BYTES = NONCE_BYTES + REPLY_PLAINTEXT_BYTES + TAG_BYTES;

/** The only two lengths a plaintext may have, so that a ciphertext's length tells nothing more. */
export function isPlaintextSize(size: number): boolean {
  return size === PLAINTEXT_BYTES || size === LONG_PLAINTEXT_BYTES;
}
