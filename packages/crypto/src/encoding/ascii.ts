const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/**
 * Bytes of a printable ASCII text. Anything wider is refused rather than encoded: UTF-8 encoders
 * replace lone surrogates, so two different texts would become the same bytes under one signature.
 *
 * @throws RangeError when a character lies outside U+0020–U+007E.
 */
export function asciiBytes(text: string): Uint8Array {
  if (!PRINTABLE_ASCII.test(text)) throw new RangeError('expected printable ASCII');
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
