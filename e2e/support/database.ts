import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './server-process.ts';

// The vault's own drivers: what lies in a database is read by what wrote it.
const vaultRequire = createRequire(join(ROOT, 'apps/vault/package.json'));

type Row = Record<string, unknown>;
export type Query = (sql: string, values?: unknown[]) => Promise<Row[]>;

/** The part of a driver that is used here. */
type Client = {
  query(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  connect?(): Promise<void>;
  end?(): Promise<void>;
  close?(): Promise<void>;
};

async function withClient<T>(client: Client, use: (query: Query) => Promise<T>): Promise<T> {
  await client.connect?.();
  try {
    return await use(async (sql, values) => (await client.query(sql, values)).rows);
  } finally {
    await client.end?.();
    await client.close?.();
  }
}

/** Opens the embedded database of a vault that has stopped. */
export function withEmbedded<T>(dataDir: string, use: (query: Query) => Promise<T>): Promise<T> {
  const { PGlite } = vaultRequire('@electric-sql/pglite');
  return withClient(new PGlite(join(dataDir, 'db')), use);
}

/** Asks a server. */
export function withPostgres<T>(url: string, use: (query: Query) => Promise<T>): Promise<T> {
  const { Client } = vaultRequire('pg');
  return withClient(new Client({ connectionString: url }), use);
}

/** Makes a database of its own on a server; gives its URL and what removes it. */
export async function newDatabase(
  server: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `hushfield_e2e_${randomBytes(6).toString('hex')}`;
  await withPostgres(server, (query) => query(`CREATE DATABASE ${name}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      withPostgres(server, async (query) => {
        await query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Every value of every column of every table of ours. */
export async function allValues(query: Query): Promise<{ column: string; text: string }[]> {
  const tables = await query(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  const values: { column: string; text: string }[] = [];
  for (const { table_name: table } of tables) {
    for (const row of await query(`SELECT * FROM "${String(table)}"`)) {
      for (const [column, value] of Object.entries(row)) {
        values.push({ column: `${String(table)}.${column}`, text: textOf(value) });
      }
    }
  }
  return values;
}
