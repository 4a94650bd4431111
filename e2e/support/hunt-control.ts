import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { canaryNumber } from './cards.ts';
import { type Form, formsOf } from './hunt.ts';

/** Numbers that must be found, wherever they are put. */
export type Control = {
  readonly secrets: ReadonlyMap<string, readonly Form[]>;
  /** Each to be put into a haystack, or all of them together. */
  readonly parts: readonly Buffer[];
  readonly bytes: Buffer;
  /** What a hunt through any haystack that holds the bytes must give, at least. */
  readonly expected: readonly string[];
};

const noise = (text: string) => Buffer.from(`{"noise":"${'…'.repeat(20)}","n":"${text}"}`);

function mozLz4(text: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.write('mozLz40\0', 'latin1');
  head.writeUInt32LE(text.length, 8);
  const long = text.length - 15;
  const lengths = [...Array<number>(Math.floor(long / 255)).fill(255), long % 255];
  return Buffer.concat([head, Buffer.from([0xf0, ...lengths]), text]);
}

function zip(text: Buffer): Buffer {
  const head = Buffer.alloc(31, 'f');
  head.writeUInt32BE(0x504b0304);
  head.writeUInt16LE(8, 8);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(0, 28);
  return Buffer.concat([head, deflateRawSync(text)]);
}

const PACKERS: readonly (readonly [string, (text: Buffer) => Buffer | string])[] = [
  ['gzip', gzipSync],
  ['zlib', deflateSync],
  ['zip', zip],
  ['lz4', mozLz4],
  ['base64', (text) => ` ${text.toString('base64')} `],
  ['base64 after letters', (text) => `path/ab${text.toString('base64')} `],
  ['base64url', (text) => ` ${text.toString('base64url')} `],
  ['hex', (text) => ` ${text.toString('hex')} `],
  ['base64 of gzip', (text) => ` ${gzipSync(text).toString('base64')} `],
  ['gzip of base64', (text) => gzipSync(text.toString('base64'))],
  [
    'brotli answer',
    (text) =>
      Buffer.concat([Buffer.from('\r\ncontent-encoding: br\r\n\r\n'), brotliCompressSync(text)]),
  ],
];

/** One number in every form, and one for every way of packing. */
export function makeControl(): Control {
  const formed = formsOf(canaryNumber());
  const packed = PACKERS.map(([name, pack]) => ({ name, pack, number: canaryNumber() }));
  const gap = Buffer.from('\n\0\n');
  const parts = [
    ...formed.map(({ bytes }) => bytes),
    ...packed.map(({ pack, number }) => Buffer.from(pack(noise(number)))),
  ];
  return {
    secrets: new Map([
      ['control', formed],
      ...packed.map(({ name, number }) => [name, formsOf(number)] as const),
    ]),
    parts,
    bytes: Buffer.concat([...parts.flatMap((part) => [gap, part]), gap]),
    expected: [
      ...formed.map(({ name }) => `control: ${name}`),
      ...packed.map(({ name }) => `${name}: raw plain`),
    ],
  };
}
