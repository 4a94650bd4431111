import { createHash } from 'node:crypto';

const ED25519 = 1;
export const KEY_HASH_BYTES = 4;
const KEY_BYTES = 32;
const TEXT = /^(?<name>[^\s+]{1,128})\+(?<id>[0-9a-f]{8})\+(?<bytes>[A-Za-z0-9+/]{44})$/;

/** Tells keys of one name apart (C2SP signed-note). */
export function keyHash(name: string, publicKey: Uint8Array): Buffer {
  const digest = createHash('sha256').update(`${name}\n`).update(typed(publicKey)).digest();
  return digest.subarray(0, KEY_HASH_BYTES);
}

/**
 * A key that notes are verified with, as people hand it to each other (C2SP signed-note, verifier key).
 *
 * @example verifierKey('vault.example/audit', publicKey) // 'vault.example/audit+1a2b3c4d+AY…'
 */
export function verifierKey(name: string, publicKey: Uint8Array): string {
  const id = keyHash(name, publicKey).toString('hex');
  return `${name}+${id}+${Buffer.from(typed(publicKey)).toString('base64')}`;
}

/** Reads one; nothing for what is no such key, or whose parts do not belong together. */
export function readVerifierKey(
  text: string,
): { readonly name: string; readonly publicKey: Uint8Array } | undefined {
  const { name, bytes } = TEXT.exec(text)?.groups ?? {};
  if (name === undefined || bytes === undefined) return undefined;
  const publicKey = Uint8Array.from(Buffer.from(bytes, 'base64').subarray(1));
  // Written anew it must be the same: that holds kind, length and id.
  return publicKey.length === KEY_BYTES && verifierKey(name, publicKey) === text
    ? { name, publicKey }
    : undefined;
}

function typed(publicKey: Uint8Array): Uint8Array {
  return Uint8Array.of(ED25519, ...publicKey);
}
