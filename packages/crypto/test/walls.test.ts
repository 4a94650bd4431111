import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const src = join(import.meta.dirname, '..', 'src');
const IMPORT = /^(?:import|export)\s(?!type\b)[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'/gm;

/** Every module that ends up in a bundle of `entry`, and every package it names. */
function reached(entry: string, seen = new Set<string>()): Set<string> {
  const path = relative(src, entry);
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, from, bare] of readFileSync(entry, 'utf8').matchAll(IMPORT)) {
    const target = from ?? bare ?? '';
    if (target.startsWith('.')) reached(join(dirname(entry), target), seen);
    else seen.add(target);
  }
  return seen;
}

test('what a browser loads reaches neither Node nor anything that opens', () => {
  for (const entry of ['seal/index.ts', 'fallback/index.ts']) {
    const modules = [...reached(join(src, entry))];
    expect(modules.length).toBeGreaterThan(8);
    expect(modules.filter((name) => /^(node:|open\/|envelope\/|token-id\/)/.test(name))).toEqual(
      [],
    );
  }
});

test('the sealing entry leaves the fallback to its own chunk', () => {
  const modules = [...reached(join(src, 'seal/index.ts'))];
  const heavy = modules.filter((name) => /post-quantum|curves|^fallback/.test(name));
  expect(heavy).toEqual([]);
});

test('the walk does see Node where it is used', () => {
  expect([...reached(join(src, 'open/index.ts'))]).toContain('node:crypto');
});
