import { brotliDecompressSync, constants, inflateRawSync, inflateSync } from 'node:zlib';
import { readLz4Block } from './lz4.ts';

/*
 * What lies packed inside of bytes: compressed members wherever their magic stands, and long runs of
 * base64, hex and percent-encoding. A hunter who reads only what is plain finds only careless leaks.
 */

const LIMIT = 64 * 1024 * 1024;
/** Truncated members and what follows them are no reason to look away. */
const ZLIB = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LIMIT };
const BROTLI = { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength: LIMIT };
const SIMPLE_CACHE = Buffer.from('305c72a71b6dfbfc', 'hex');

function tried(unpack: () => Buffer): Buffer[] {
  try {
    const bytes = unpack();
    return bytes.length > 0 ? [bytes] : [];
  } catch {
    return [];
  }
}

function* places(bytes: Buffer, magic: Buffer): Generator<number> {
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) yield at;
}

function members(bytes: Buffer, magic: string, unpack: (from: Buffer) => Buffer): Buffer[] {
  return [...places(bytes, Buffer.from(magic, 'hex'))].flatMap((at) =>
    tried(() => unpack(bytes.subarray(at))),
  );
}

/** Not `gunzip`: that takes what follows for a further member, and fails. */
function gzipMember(from: Buffer): Buffer {
  const flags = from[3] ?? 0;
  let start = 10;
  if (flags & 4) start += 2 + from.readUInt16LE(start);
  // A name and a comment, each ended by a zero.
  for (const flag of [8, 16]) if (flags & flag) start = from.indexOf(0, start) + 1;
  if (flags & 2) start += 2;
  return inflateRawSync(from.subarray(start), ZLIB);
}

function zipEntry(from: Buffer): Buffer {
  const start = 30 + from.readUInt16LE(26) + from.readUInt16LE(28);
  return inflateRawSync(from.subarray(start), ZLIB);
}

/** Brotli has no magic: it is tried where it may begin. */
function brotliPlaces(bytes: Buffer): number[] {
  const starts = [0];
  // An entry of Chromium's cache: a head, the key, then the body as it came over the wire.
  if (bytes.subarray(0, 8).equals(SIMPLE_CACHE)) starts.push(24 + bytes.readUInt32LE(12));
  for (const at of places(bytes, Buffer.from('content-encoding: br'))) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end > 0) starts.push(end + 4);
  }
  return starts;
}

const compressed = (bytes: Buffer): Buffer[] => [
  ...members(bytes, '1f8b08', gzipMember),
  ...['7801', '785e', '789c', '78da'].flatMap((magic) =>
    members(bytes, magic, (from) => inflateSync(from, ZLIB)),
  ),
  ...members(bytes, '504b0304', zipEntry),
  // Firefox's session files.
  ...members(bytes, '6d6f7a4c7a343000', (from) => readLz4Block(from.subarray(12))),
  ...brotliPlaces(bytes).flatMap((at) =>
    tried(() => brotliDecompressSync(bytes.subarray(at), BROTLI)),
  ),
];

const RUN = /[A-Za-z0-9+/]{24,}|[A-Za-z0-9_-]{24,}/g;
const HEX = /[0-9a-fA-F]{24,}/g;

function written(bytes: Buffer): Buffer[] {
  const text = bytes.toString('latin1');
  const runs = text.match(RUN) ?? [];
  // Where a run begins is not where the encoding began: one of four is right.
  const base64 = [0, 1, 2, 3].map((skip) =>
    Buffer.concat(runs.flatMap((run) => [Buffer.from(run.slice(skip), 'base64'), GAP])),
  );
  const hex = (text.match(HEX) ?? []).flatMap((run) => [
    Buffer.from(run, 'hex'),
    GAP,
    Buffer.from(run.slice(1), 'hex'),
    GAP,
  ]);
  const percent = /%[0-9a-f]{2}/i.test(text)
    ? [
        Buffer.from(
          text.replace(/%([0-9a-f]{2})/gi, (_all, code) => letter(code)),
          'latin1',
        ),
      ]
    : [];
  return [...base64, Buffer.concat(hex), ...percent].filter(({ length }) => length > 0);
}

const GAP = Buffer.from('\0\0');
const letter = (code: string) => String.fromCharCode(Number.parseInt(code, 16));

/** The bytes themselves, and everything that is packed in them, `depth` wrappings deep. */
export function* layers(bytes: Buffer, depth = 2): Generator<Buffer> {
  yield bytes;
  if (depth === 0) return;
  for (const inner of compressed(bytes)) yield* layers(inner, depth - 1);
  for (const inner of written(bytes)) yield* layers(inner, depth - 1);
}
