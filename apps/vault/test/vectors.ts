import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of the shared test material, or nothing (with a notice) where that is not checked out. */
export function sharedVectors(name: string): string | undefined {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'pnpm-workspace.yaml'))) folder = dirname(folder);
  const path = join(folder, '..', 'shared', 'vectors', name);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  console.warn(`${name} is not here: its tests are left out.`);
  return undefined;
}

/** JSONTestSuite: the name of each case and its exact bytes. */
export function jsonTestSuite(): [string, Buffer][] {
  const text = sharedVectors('json/jsontestsuite.base64.json');
  if (text === undefined) return [];
  const cases: Record<string, string> = JSON.parse(text);
  return Object.entries(cases).map(([path, bytes]) => [
    path.slice(path.lastIndexOf('/') + 1),
    Buffer.from(bytes, 'base64'),
  ]);
}

/** A few of our own, where the large sets are not beside the project. */
const OWN_STRINGS = [
  '<script>alert(1)</script>',
  "'; DROP TABLE cards; --",
  '__proto__',
  '\u0000',
  '\ud800',
  '%00',
];
const STRING_FILES = ['blns.json', 'payloadbox_xss.json', 'patt_prototype_pollution_blocks.json'];

/** Strings that have broken other people's programs. */
export function hostileStrings(): string[] {
  const files = STRING_FILES.map((name) => sharedVectors(`hostile/${name}`));
  return [
    ...OWN_STRINGS,
    ...files.flatMap((text) => (text === undefined ? [] : stringsIn(JSON.parse(text)))),
  ];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(stringsIn);
}
