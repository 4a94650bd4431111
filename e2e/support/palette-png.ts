import { crc32, deflateSync, inflateSync } from 'node:zlib';

type Picture = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

/** Of a PNG in full colour, as browsers write it: eight bits, not interlaced. */
function readPng(png: Buffer): Picture {
  const [width, height, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25]];
  const channels = kind === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const lines = unfilter(inflateSync(Buffer.concat(parts)), width * channels, channels);
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    for (let part = 0; part < 3; part += 1)
      rgb[pixel * 3 + part] = lines[pixel * channels + part] ?? 0;
  return { width, height, rgb };
}

/** The filters of the PNG specification, chapter 9. */
function unfilter(data: Uint8Array, stride: number, channels: number): Uint8Array {
  const height = data.length / (stride + 1);
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < channels ? 0 : (out[at - channels] ?? 0);
      const up = y === 0 ? 0 : (out[at - stride] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (out[at - stride - channels] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter] ?? 0;
      out[at] = (data[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return out;
}

function nearest(left: number, up: number, corner: number): number {
  const by = left + up - corner;
  const [a, b, c] = [Math.abs(by - left), Math.abs(by - up), Math.abs(by - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

const KEPT = 60;
/** A step of twelve is off by six, which is less than what counts as another colour; see `SAME`. */
const STEP = 12;

function snap(colour: number): number {
  const part = (shift: number) =>
    Math.min(255, Math.round(((colour >> shift) & 255) / STEP) * STEP) << shift;
  return part(16) | part(8) | part(0);
}

/** By what each colour, as one number, is replaced: the commonest stay. */
function fewOf(pixels: Uint32Array): ReadonlyMap<number, number> {
  const counted = new Map<number, number>();
  for (const pixel of pixels) counted.set(pixel, (counted.get(pixel) ?? 0) + 1);
  const sorted = [...counted].sort(([, one], [, other]) => other - one);
  return new Map(sorted.map(([colour], at) => [colour, at < KEPT ? colour : snap(colour)]));
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/**
 * The same picture in few colours, which no eye tells from it. It is stored and not packed: what packs it
 * next finds the words of one element again in all others, which is too far for a PNG's own packing.
 */
export function inFewColours(png: Buffer): Buffer {
  const { width, height, rgb } = readPng(png);
  const pixels = new Uint32Array(width * height).map(
    (_, at) => ((rgb[at * 3] ?? 0) << 16) | ((rgb[at * 3 + 1] ?? 0) << 8) | (rgb[at * 3 + 2] ?? 0),
  );
  const few = fewOf(pixels);
  const palette = [...new Set(few.values())];
  if (palette.length > 256) throw new Error(`${palette.length} colours are too many`);
  const places = new Map(palette.map((colour, index) => [colour, index]));
  const lines = Buffer.alloc((width + 1) * height);
  for (const [at, pixel] of pixels.entries())
    lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] =
      places.get(few.get(pixel) ?? 0) ?? 0;
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const colours = palette.flatMap((one) => [one >> 16, (one >> 8) & 255, one & 255]);
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(colours)),
    chunk('IDAT', deflateSync(lines, { level: 0 })),
    chunk('IEND', new Uint8Array()),
  ]);
}
