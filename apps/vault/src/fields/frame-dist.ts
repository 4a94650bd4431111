import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { ControllerTexts, FieldTexts, RevealTexts } from '@hushfield/contract/boot';
import * as z from 'zod';
import { StartError } from '../config.ts';

const PLACEHOLDER = '<!--hushfield:boot-->';

const Asset = z.object({
  src: z.string().regex(/^\/assets\/[A-Za-z0-9._-]{1,100}$/),
  integrity: z.string().regex(/^sha384-[A-Za-z0-9+/]{64}$/),
});
const Inline = z.string().regex(/^sha(256|384|512)-[A-Za-z0-9+/]+={0,2}$/);
const FileName = z.string().regex(/^[a-z0-9-]+\.html$/);

const FrameTexts = z.object({
  field: FieldTexts,
  secret: FieldTexts,
  reveal: RevealTexts,
  controller: ControllerTexts,
});
const Texts = z.record(z.string(), FrameTexts);
/** One that carries its whole app, but for chunks. */
const InlinedDocument = z.object({
  html: FileName,
  script: Inline,
  style: Inline,
  chunks: z.array(Asset),
});
const Frames = z.object({
  field: InlinedDocument,
  secret: InlinedDocument,
  reveal: InlinedDocument,
  controller: z.object({ html: FileName, scripts: z.array(Asset).min(1) }),
  fallback: Asset,
});

/** A document, cut where its data block goes. */
export type Document = { readonly before: string; readonly after: string };
export type File = { readonly type: string; readonly body: Buffer };

/** A document with inputs, and what its policy names. */
export type Inlined = Document & {
  readonly scriptHashes: readonly string[];
  readonly style: string;
};

/** What documents of one language are told. */
export type FrameTexts = z.infer<typeof FrameTexts>;

export type FrameDist = {
  /** With a card's inputs, and with those of other secrets. */
  readonly field: Inlined;
  readonly secret: Inlined;
  /** Which shows something, or copies it. */
  readonly reveal: Inlined;
  readonly controller: Document & { readonly scriptHashes: readonly string[] };
  /** By locale; English among them. */
  readonly texts: ReadonlyMap<string, FrameTexts>;
  /** By URL path: a request can only name what was there at start. */
  readonly assets: ReadonlyMap<string, File>;
};

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
]);

/**
 * Reads the built frames into memory and checks that they are what their manifest says.
 *
 * @throws StartError when they are missing or do not match.
 */
export function loadFrameDist(folder: string): FrameDist {
  const frames = readFrames(folder);
  const assets = loadAssets(join(folder, 'assets'));
  const { field, secret, reveal, controller, fallback } = frames;
  const chunks = [field, secret, reveal].flatMap((document) => document.chunks);
  for (const asset of [...controller.scripts, fallback, ...chunks]) checkAsset(assets, asset);
  return {
    field: inlined(folder, field),
    secret: inlined(folder, secret),
    reveal: inlined(folder, reveal),
    controller: {
      ...cut(folder, controller.html),
      scriptHashes: [...controller.scripts, fallback].map((asset) => asset.integrity),
    },
    texts: readTexts(folder),
    assets,
  };
}

function inlined(
  folder: string,
  { html, script, style, chunks }: z.infer<typeof InlinedDocument>,
): Inlined {
  const scriptHashes = [script, ...chunks.map((asset) => asset.integrity)];
  return { ...cut(folder, html), scriptHashes, style };
}

function readTexts(folder: string): FrameDist['texts'] {
  const texts = Texts.safeParse(JSON.parse(read(join(folder, 'texts.json')).toString('utf8')));
  if (texts.success && Object.hasOwn(texts.data, 'en')) return new Map(Object.entries(texts.data));
  throw new StartError(`texts.json in ${folder} has an unknown form; run npm run build.`);
}

function readFrames(folder: string): z.infer<typeof Frames> {
  const text = read(join(folder, 'frames.json')).toString('utf8');
  const frames = Frames.safeParse(JSON.parse(text));
  if (frames.success) return frames.data;
  throw new StartError(`frames.json in ${folder} has an unknown form; run npm run build.`);
}

function cut(folder: string, name: string): Document {
  const [before, after, ...more] = read(join(folder, name)).toString('utf8').split(PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new StartError(`${name} must hold ${PLACEHOLDER} exactly once; run npm run build.`);
  }
  return { before, after };
}

function loadAssets(folder: string): ReadonlyMap<string, File> {
  const names = list(folder).filter((name) => TYPES.has(extname(name)));
  return new Map(
    names.map((name) => [
      `/assets/${name}`,
      { type: TYPES.get(extname(name)) ?? '', body: read(join(folder, name)) },
    ]),
  );
}

function checkAsset(assets: ReadonlyMap<string, File>, asset: z.infer<typeof Asset>): void {
  const file = assets.get(asset.src);
  const digest = file && createHash('sha384').update(file.body).digest('base64');
  if (asset.integrity !== `sha384-${digest}`) {
    throw new StartError(
      `${asset.src} is missing or is not the file that was built; run npm run build.`,
    );
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    throw new StartError(`There are no built files in ${folder}; run npm run build.`);
  }
}

/** Reads a built file, or says in one sentence what to do. */
export function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new StartError(`The built file ${path} is missing; run npm run build.`);
  }
}
