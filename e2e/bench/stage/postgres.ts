import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../../.workshop/built.ts';

/** The little of node-postgres that is used here. */
export type Pool = {
  query(statement: string | { text: string; name?: string; values: unknown[] }): Promise<{
    rows: Record<string, unknown>[];
  }>;
  end(): Promise<void>;
};

// The vault's own copy of the driver: a floor measured with another one would not be a floor.
const vault = createRequire(join(root, 'apps/vault/package.json'));
const driver = vault('pg') as { Pool: new (options: object) => Pool };

export function openPool(url: string, max: number): Pool {
  return new driver.Pool({ connectionString: url, max });
}

/** An empty database on the server at `url`, in place of an earlier run's; gives its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
  const pool = openPool(url, 1);
  try {
    await pool.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await pool.query(`CREATE DATABASE ${name}`);
  } finally {
    await pool.end();
  }
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
