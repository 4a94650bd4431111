import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../.workshop/built.ts';
import { openPool } from '../stage/postgres.ts';
import type { FloorSettings } from './written.ts';

export type Statement = {
  readonly text: string;
  readonly name?: string;
  readonly values?: unknown[];
};
export type Rows = Record<string, unknown>[];
export type FloorEngine = { query(statement: Statement): Promise<Rows> };

// The vault's own copy: a floor measured with another engine would not be a floor.
const vault = createRequire(join(root, 'apps/vault/package.json'));
type PGlite = { query(text: string, values: unknown[]): Promise<{ rows: Rows }> };

export async function openFloor(settings: FloorSettings): Promise<FloorEngine> {
  if ('folder' in settings) {
    const driver = vault('@electric-sql/pglite') as {
      PGlite: { create(at: string): Promise<PGlite> };
    };
    const engine = await driver.PGlite.create(join(settings.folder, 'db'));
    return { query: async ({ text, values = [] }) => (await engine.query(text, values)).rows };
  }
  const pool = openPool(settings.databaseUrl, settings.connections);
  return {
    query: async ({ text, name, values = [] }) =>
      (await pool.query({ text, values, ...(name === undefined ? {} : { name }) })).rows,
  };
}
