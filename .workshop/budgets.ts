import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { root } from './built.ts';

type Asset = { src: string };
type Frames = { controller: { scripts: Asset[] }; fallback: Asset };

/** Bytes as a server sends them at best: brotli, quality 11. */
export function brotliBytes(file: string): number {
  return compressedBytes(readFileSync(file));
}

function compressedBytes(body: Buffer): number {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return brotliCompressSync(body, options).length;
}

/** The field document in its longest language: words come with it, in the place of a request of their own. */
function fieldBytes(dist: string): number {
  const read = (name: string) => readFileSync(join(dist, name), 'utf8');
  const html = read('field.html');
  const texts = JSON.parse(read('texts.json')) as Record<string, { field: object }>;
  const whole = Object.values(texts).map(({ field }) =>
    compressedBytes(Buffer.from(html.replace('<!--hushfield:boot-->', JSON.stringify(field)))),
  );
  return Math.max(...whole);
}

/** What each shopper downloads, and what it may weigh. */
export function weigh(): { name: string; bytes: number; budget: number }[] {
  const dist = join(root, 'apps/fields/dist');
  const frames = JSON.parse(readFileSync(join(dist, 'frames.json'), 'utf8')) as Frames;
  const weight = (...files: string[]) => files.reduce((sum, file) => sum + brotliBytes(file), 0);
  const scripts = frames.controller.scripts.map(({ src }) => join(dist, src));
  return [
    { name: 'SDK', bytes: weight(join(root, 'packages/sdk/dist/hushfield.js')), budget: 8_000 },
    // A property for each event: seven bytes were more than the 2,000 of before.
    {
      name: 'React adapter',
      bytes: weight(join(root, 'packages/react/dist/index.js')),
      budget: 2_020,
    },
    // Beside the SDK, which it imports.
    {
      name: 'custom elements',
      bytes: weight(join(root, 'packages/elements/dist/index.js')),
      budget: 2_100,
    },
    { name: 'field document', bytes: fieldBytes(dist), budget: 20_000 },
    {
      name: 'controller',
      bytes: weight(join(dist, 'controller.html'), ...scripts),
      budget: 22_000,
    },
    { name: 'fallback chunk', bytes: weight(join(dist, frames.fallback.src)), budget: 20_000 },
  ];
}

/** One sentence for each file over its budget. */
export function overBudget(): string[] {
  return weigh()
    .filter(({ bytes, budget }) => bytes > budget)
    .map(({ name, bytes, budget }) => `${name}: ${bytes} bytes, budget ${budget}`);
}
