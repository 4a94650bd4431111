import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  // Declaration merging needs an interface.
  interface ProvidedContext {
    emptyDatabase: string;
  }
}

/** Runs the engine's slow `initdb` once for all files: each then loads a copy of the result. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-snapshot-'));
  const engine = await PGlite.create();
  const dump = await engine.dumpDataDir('none');
  await engine.close();
  const path = join(folder, 'empty.tar');
  writeFileSync(path, Buffer.from(await dump.arrayBuffer()));
  project.provide('emptyDatabase', path);
  return () => rmSync(folder, { recursive: true });
}
