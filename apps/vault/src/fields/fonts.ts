import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FontName } from '@hushfield/contract/boot';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { File } from './frame-dist.ts';
import { type HashedStyle, hashedStyle, NO_STYLE } from './hashed-style.ts';

const MOST_FACES = 32;
const MOST_BYTES = 512 * 1024;
const WOFF2 = Buffer.from('wOF2');
/** One weight, or the range of a variable font. */
const Weight = z.string().regex(/^[1-9]\d{0,2}( [1-9]\d{0,2})?$/);

const Face = z.strictObject({
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,80}\.woff2$/),
  weight: Weight.default('400'),
  style: z.enum(['normal', 'italic']).default('normal'),
});
const Families = z
  .record(z.string(), z.array(Face).min(1).max(MOST_FACES))
  .refine((families) => Object.keys(families).every((name) => FontName.safeParse(name).success), {
    error: 'names of families are letters, digits, spaces and hyphens',
  });

/** Fonts that an operator hosts on the fields origin: the only ones that a field loads. */
export type Fonts = HashedStyle & {
  /** By URL path. */
  readonly files: ReadonlyMap<string, File>;
};

/** Where files of fonts are, and nothing else: a policy names this folder alone. */
export const FONTS_PATH = '/fonts/';

const NO_FONTS: Fonts = { ...NO_STYLE, files: new Map() };

/**
 * Reads `fonts.json` of a folder and the WOFF2 files that it names.
 *
 * A face has no `unicode-range`: a browser would then ask for a file when a character of that range is first typed, and
 * whoever sees its requests would learn which (promise P1).
 *
 * @param folder - absolute; none for no fonts.
 * @throws StartError with the file and the rule it breaks.
 *
 * @example fonts.json: { "Inter": [{ "file": "inter.woff2", "weight": "100 900" }] }
 */
export function loadFonts(folder: string | undefined): Fonts {
  if (folder === undefined) return NO_FONTS;
  const files = new Map<string, File>();
  const rules = Object.entries(readFamilies(folder)).flatMap(([family, faces]) =>
    faces.map(({ file, weight, style }) => {
      const path = pathOf(folder, file, files);
      return `@font-face{font-family:"${family}";src:url("${path}") format("woff2");font-weight:${weight};font-style:${style};font-display:swap}`;
    }),
  );
  if (rules.length > MOST_FACES)
    throw new StartError(`${join(folder, 'fonts.json')} names more than ${MOST_FACES} faces.`);
  return { ...hashedStyle(rules.join('')), files };
}

function readFamilies(folder: string): z.infer<typeof Families> {
  const path = join(folder, 'fonts.json');
  try {
    return Families.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? error.issues[0]?.message : 'it cannot be read as JSON';
    throw new StartError(`${path} is no list of fonts: ${why}.`);
  }
}

function pathOf(folder: string, name: string, files: Map<string, File>): string {
  const body = readFont(join(folder, name));
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const path = `${FONTS_PATH}${digest}.woff2`;
  files.set(path, { type: 'font/woff2', body });
  return path;
}

function readFont(path: string): Buffer {
  let body: Buffer;
  try {
    body = readFileSync(path);
  } catch {
    throw new StartError(`The font ${path} cannot be read.`);
  }
  if (!body.subarray(0, WOFF2.length).equals(WOFF2) || body.length > MOST_BYTES)
    throw new StartError(`The font ${path} is not a WOFF2 file of at most 512 KiB.`);
  return body;
}
