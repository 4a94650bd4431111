import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Brand } from '@hushfield/contract/http';
import { StartError } from '../config.ts';
import { type HashedStyle, hashedStyle, NO_STYLE } from './hashed-style.ts';

const MOST_BYTES = 8 * 1024;
/** Of all: each document of a card holds them, and there is one for each key and language. */
const MOST_OF_ALL = 48 * 1024;

/** By the ending of a file: its type, and what each file of that type begins with. */
const KINDS: ReadonlyMap<string, readonly [type: string, begins: RegExp]> = new Map([
  // What programs for drawing write before it is none of a picture, and does no harm.
  [
    '.svg',
    [
      'image/svg+xml',
      /^\uFEFF?\s*((<\?xml[^>]*\?>|<!--[^]*?-->|<!DOCTYPE svg[^>]*>)\s*)*<svg[\s>]/,
    ],
  ],
  ['.png', ['image/png', /^\x89PNG\r\n\x1a\n/]],
  ['.webp', ['image/webp', /^RIFF[^]{4}WEBP/]],
] as const);

const NETWORKS = Object.values(Brand.def.entries).filter((brand) => brand !== 'unknown');

/** Pictures that an operator has fields show in the place of networks' names: for documents with a card's inputs. */
export type BrandIcons = HashedStyle;

/** The name stays for whoever listens; where a shopper has colours of their own, it is what is seen too. */
const FRAME =
  'box-sizing:border-box;width:2.9em;height:1.8em;padding:0;border:0;overflow:hidden;white-space:nowrap;text-indent:200%';

/**
 * Reads a folder of pictures, each named by its network: `visa.svg`, `dankort.png`.
 *
 * They go into the document as they are: one that was fetched when a number is typed would tell whoever sees requests
 * which network it is of. As a picture in a style, an SVG runs no script and loads nothing.
 *
 * @param folder - absolute; none for no pictures.
 * @throws StartError with the file and the rule it breaks.
 */
export function loadBrandIcons(folder: string | undefined): BrandIcons {
  const files = folder === undefined ? [] : filesIn(folder);
  if (files.length === 0) return NO_STYLE;
  const rules = files.map(({ brand, type, body }) => {
    const data = `data:${type};base64,${body.toString('base64')}`;
    return `.brand[data-brand=${brand}]{${FRAME};background:url(${data}) 50%/contain no-repeat}`;
  });
  return hashedStyle(`@media not (forced-colors:active){${rules.join('')}}`);
}

function filesIn(folder: string) {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    throw new StartError(`The folder of network pictures ${folder} cannot be read.`);
  }
  const files = names.sort().map((name) => ({ name, ...read(folder, name) }));
  const twice = files.find(({ brand }, index) => files[index - 1]?.brand === brand);
  if (twice) throw new StartError(`${join(folder, twice.name)} is a second picture of a network.`);
  if (files.reduce((sum, { body }) => sum + body.length, 0) > MOST_OF_ALL)
    throw new StartError(`The pictures in ${folder} are more than 48 KiB together.`);
  return files;
}

function read(folder: string, name: string) {
  const path = join(folder, name);
  const ending = extname(name);
  const kind = KINDS.get(ending);
  const brand = Brand.safeParse(name.slice(0, name.length - ending.length));
  if (!kind || !brand.success || brand.data === 'unknown')
    throw new StartError(
      `${path} is not named by a network and .svg, .png or .webp. Networks are: ${NETWORKS.join(', ')}.`,
    );
  const stat = statSync(path);
  if (!stat.isFile() || stat.size > MOST_BYTES)
    throw new StartError(`${path} is no file of at most 8 KiB.`);
  const body = readFileSync(path);
  const [type, begins] = kind;
  if (!begins.test(body.toString(ending === '.svg' ? 'utf8' : 'latin1')))
    throw new StartError(`${path} is not what its ending says.`);
  return { brand: brand.data, type, body };
}
