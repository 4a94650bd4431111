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
