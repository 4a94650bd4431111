import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(from: string): string {
  if (existsSync(join(from, 'pnpm-workspace.yaml'))) return from;
  return findRoot(dirname(from));
}

/** The folder that holds pnpm-workspace.yaml. */
export const root = findRoot(import.meta.dirname);

/** Absolute paths of the source files under `folder` (from the root), tests left out. */
export function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name))
    .map((name) => join(root, folder, name))
    .sort();
}

/** The contract's part that browsers read. The API of backends never reaches one, and may say more. */
export function browserContract(): string[] {
  const backends = join(root, 'packages/contract/src/api/');
  return sources('packages/contract/src').filter((file) => !file.startsWith(backends));
}

const hostile = join(root, '..', 'shared', 'vectors', 'hostile');

/** Strings others collected to break parsers; empty, with a notice, where the vectors are absent. */
export function hostileStrings(): string[] {
  if (!existsSync(hostile)) {
    console.info('vectors absent: hostile strings are this room’s own few');
    return [];
  }
  const read = (name: string) => JSON.parse(readFileSync(join(hostile, name), 'utf8')) as unknown[];
  const blocks = read('patt_prototype_pollution_blocks.json') as { text: string }[];
  return [
    ...(read('blns.json') as string[]),
    ...(read('payloadbox_xss.json') as string[]),
    ...blocks.map((block) => block.text),
  ];
}
