import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers } from './unpack.ts';

/** One way a number could be written down. */
export type Form = { readonly name: string; readonly bytes: Buffer };

/** What base64 makes of a text that begins `offset` bytes into a triple: the part that is certain. */
function base64At(text: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), text]).toString('base64');
  const first = Math.ceil((offset * 4) / 3);
  const last = Math.floor(((offset + text.length) * 4) / 3);
  return encoded.slice(first, last);
}

const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
const each = (text: string, write: (byte: number) => string) =>
  [...Buffer.from(text)].map(write).join('');

/** A text in every common encoding. */
function encodings(name: string, text: string): Form[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
  const written: [string, string][] = [
    ['plain', text],
    ['url', encodeURIComponent(text)],
    ['form', text.replaceAll(' ', '+')],
    ['percent', each(text, (byte) => `%${byte.toString(16)}`)],
    ['hex', hex],
    ['upper hex', hex.toUpperCase()],
    ['spaced hex', hex.replaceAll(/..(?=.)/g, '$& ')],
    ['reversed', [...text].reverse().join('')],
    ['json escape', each(text, (byte) => `\\u${byte.toString(16).padStart(4, '0')}`)],
    ['entity', each(text, (byte) => `&#${byte};`)],
    ['listed', [...text].join(',')],
    ['listed texts', [...text].join('","')],
    ...base64.map((part, offset): [string, string] => [`base64+${offset}`, part]),
    ...base64.map((part, offset): [string, string] => [`base64url+${offset}`, urlSafe(part)]),
  ];
  const utf16 = Buffer.from(text, 'utf16le');
  return [
    ...written.map(([how, encoded]) => ({ name: `${name} ${how}`, bytes: Buffer.from(encoded) })),
    { name: `${name} utf-16le`, bytes: utf16 },
    { name: `${name} utf-16be`, bytes: Buffer.from(utf16).swap16() },
  ];
}

const GROUPS: ReadonlyMap<number, readonly number[]> = new Map([
  [15, [4, 6, 5]],
  [14, [4, 6, 4]],
]);

function grouped(number: string, separator: string): string {
  let at = 0;
  const sizes = GROUPS.get(number.length) ?? [4, 4, 4, 4, 4];
  return sizes
    .map((size) => number.slice(at, (at += size)))
    .filter((part) => part !== '')
    .join(separator);
}

/** Without a key, a digest of a number is the number: all of them can be tried in minutes. */
function digests(number: string): Form[] {
  return ['md5', 'sha1', 'sha256', 'sha512'].flatMap((kind) => {
    const digest = createHash(kind).update(number).digest();
    return [
      { name: `${kind} raw`, bytes: digest },
      { name: `${kind} hex`, bytes: Buffer.from(digest.toString('hex')) },
      { name: `${kind} base64`, bytes: Buffer.from(digest.toString('base64').slice(0, -4)) },
    ];
  });
}

/** Two digits a byte, as payment messages have them. */
const packed = (number: string): Form[] =>
  (number.length % 2 === 0 ? [number] : [`0${number}`, `${number}f`]).map((digits, index) => ({
    name: `packed ${index}`,
    bytes: Buffer.from(digits, 'hex'),
  }));

/** All the ways a card number could lie about: grouped and not, in every common encoding. */
export function formsOf(number: string): Form[] {
  return [
    ...encodings('raw', number),
    ...encodings('spaced', grouped(number, ' ')),
    ...encodings('dashed', grouped(number, '-')),
    // Without the digits that may be known, so that half a leak counts too.
    ...encodings('tail', number.slice(-10)),
    ...digests(number),
    ...packed(number),
  ];
}

/** The same for other words that a shopper typed. */
export const formsOfWords = (words: string): Form[] => encodings('words', words);

/** The forms of a number that a haystack holds, as it lies there. */
export function hunt(haystack: Buffer | string, number: string): string[] {
  const hay = typeof haystack === 'string' ? Buffer.from(haystack) : haystack;
  return formsOf(number)
    .filter(({ bytes }) => hay.includes(bytes))
    .map(({ name }) => name);
}

type Needle = Form & { readonly of: string };

/** Looks for many secrets in one pass over the bytes: a run leaves hundreds of megabytes. */
export class Hunter {
  readonly #starts = new Uint8Array(65_536);
  readonly #needles = new Map<number, Needle[]>();

  /** @param secrets - by the name under which they are reported. */
  constructor(secrets: ReadonlyMap<string, readonly Form[]>) {
    for (const [of, forms] of secrets) {
      for (const form of forms) this.#add({ ...form, of });
    }
  }

  #add(needle: Needle): void {
    const start = needle.bytes.readUInt32BE(0);
    this.#starts[start >>> 16] = 1;
    this.#needles.set(start, [...(this.#needles.get(start) ?? []), needle]);
  }

  /** What is found in the bytes and in whatever is packed in them: `secret: form`. */
  in(haystack: Buffer): Set<string> {
    const found = new Set<string>();
    for (const layer of layers(haystack)) this.#scan(layer, found);
    return found;
  }

  #scan(bytes: Buffer, found: Set<string>): void {
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      if (this.#starts[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] !== 1) continue;
      for (const needle of this.#needles.get(bytes.readUInt32BE(at)) ?? []) {
        const here = bytes.subarray(at, at + needle.bytes.length);
        if (here.equals(needle.bytes)) found.add(`${needle.of}: ${needle.name}`);
      }
    }
  }
}

/** Whether a short code stands in a text by itself, not as part of a longer word or number. */
export function holdsCode(text: string, code: string): boolean {
  return new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(text);
}

/** Every file below a folder; what goes away while it is looked at has left nothing. */
export function filesBelow(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      try {
        return [{ path: path.slice(folder.length + 1), bytes: readFileSync(path) }];
      } catch {
        return [];
      }
    });
}
