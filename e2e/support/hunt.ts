import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One way a number could be written down. */
export type Form = { readonly name: string; readonly bytes: Buffer };

/** What base64 makes of a text that begins `offset` bytes into a triple: the part that is certain. */
function base64At(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
  const first = Math.ceil((offset * 4) / 3);
  const last = Math.floor(((offset + text.length) * 4) / 3);
  return encoded.slice(first, last);
}

function encodings(name: string, text: string): Form[] {
  const ascii = Buffer.from(text);
  const percent = [...ascii].map((byte) => `%${byte.toString(16)}`).join('');
  const written: [string, string][] = [
    ['plain', text],
    ['url', encodeURIComponent(text)],
    ['form', text.replaceAll(' ', '+')],
    ['percent', percent],
    ['hex', ascii.toString('hex')],
    ['reversed', [...text].reverse().join('')],
    ...[0, 1, 2].map((offset): [string, string] => [`base64+${offset}`, base64At(text, offset)]),
  ];
  const utf16 = Buffer.from(text, 'utf16le');
  return [
    ...written.map(([how, encoded]) => ({ name: `${name} ${how}`, bytes: Buffer.from(encoded) })),
    { name: `${name} utf-16le`, bytes: utf16 },
    { name: `${name} utf-16be`, bytes: Buffer.from(utf16).swap16() },
  ];
}

/** All the ways a card number could lie about: grouped and not, in every common encoding. */
export function formsOf(number: string): Form[] {
  const groups =
    number.length === 15
      ? [number.slice(0, 4), number.slice(4, 10), number.slice(10)]
      : (number.match(/.{1,4}/g) ?? []);
  const packed =
    number.length % 2 === 0 ? [{ name: 'packed', bytes: Buffer.from(number, 'hex') }] : [];
  return [
    ...encodings('raw', number),
    ...encodings('spaced', groups.join(' ')),
    ...encodings('dashed', groups.join('-')),
    // Without the digits that may be known, so that half a leak counts too.
    { name: 'last ten', bytes: Buffer.from(number.slice(-10)) },
    ...packed,
  ];
}

/** The forms of a number that a haystack holds. */
export function hunt(haystack: Buffer | string, number: string): string[] {
  const hay = typeof haystack === 'string' ? Buffer.from(haystack) : haystack;
  const lower = Buffer.from(hay.toString('latin1').toLowerCase(), 'latin1');
  return formsOf(number)
    .filter(({ name, bytes }) => (name.endsWith('hex') ? lower : hay).includes(bytes))
    .map(({ name }) => name);
}

/** Whether a short code stands in a text by itself, not as part of a longer word or number. */
export function holdsCode(text: string, code: string): boolean {
  return new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(text);
}

/** Every file below a folder. */
export function filesBelow(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}
