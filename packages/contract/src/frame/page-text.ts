import * as z from 'zod/mini';

// C0/C1 controls, zero-width characters, and bidi controls: the last could turn a label around
// and make the shopper read something other than what is there.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Normalises a string a page wants shown: NFC, no control or bidi characters. */
export function cleanText(text: string): string {
  // NFC makes two of some letters (Devanagari, Hebrew), and what a frame tells has the same limit.
  return [...text.normalize('NFC').replace(UNSAFE, '').trim()].slice(0, 200).join('');
}

/** Text from the page; it is only ever used as `textContent` or a plain attribute. */
export const PageText = z.pipe(
  z.string().check(z.maxLength(200)),
  z.transform((text: string) => cleanText(text)),
);
