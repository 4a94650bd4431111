/** Unpadded base64url (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Decodes unpadded base64url of exactly `size` bytes, or gives `undefined`. Only the canonical
 * spelling is taken: stray low bits in the last character would give one value several names.
 */
export function fromBase64Url(text: string, size: number): Uint8Array | undefined {
  if (text.length !== Math.ceil((size * 4) / 3) || !/^[\w-]*$/.test(text)) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}
