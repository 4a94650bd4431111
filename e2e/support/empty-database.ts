import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** Where the folder is, for the workers that tests run in. */
const NAMED = 'HUSHFIELD_EMPTY_DATABASE';

/**
 * Playwright's global setup: makes the embedded engine's own files once. That is most of what a vault's
 * first start takes, and there is one for each of sixty deployments. Migrations and keys are each vault's.
 */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-empty-'));
  const engine = await PGlite.create(join(folder, 'db'));
  await engine.close();
  process.env[NAMED] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Lets a vault that has never started find an empty database in its data directory. */
export function layEmptyDatabase(dataDir: string): void {
  const folder = process.env[NAMED];
  if (folder !== undefined) cpSync(folder, dataDir, { recursive: true });
}
