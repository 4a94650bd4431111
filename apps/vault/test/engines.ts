import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, inject } from 'vitest';
import type { Database } from '../src/db/sql.ts';
import { embeddedOver } from '../src/db/embedded.ts';
import { openPostgres } from '../src/db/postgres.ts';

export type EngineName = 'embedded' | 'postgres';

const SERVER = process.env.HUSHFIELD_TEST_PG;

if (SERVER === undefined) {
  console.warn('HUSHFIELD_TEST_PG is not set: the PostgreSQL half of the store tests is left out.');
}

/** Every store test runs on each of these. */
export const ENGINES: readonly EngineName[] =
  SERVER === undefined ? ['embedded'] : ['embedded', 'postgres'];

export type TestDatabase = {
  readonly sql: Database;
  /** Where another process finds it; where one can. */
  readonly url?: string;
  again(): Promise<Database>;
  drop(): Promise<void>;
  /** The same database through the eyes of another user; where users log in. */
  login?(user: string): Database;
};

/** An empty database of its own for one test file. */
export async function emptyDatabase(engine: EngineName): Promise<TestDatabase> {
  return engine === 'embedded' ? emptyEmbedded() : ownPostgres(SERVER ?? '');
}

/** One that all migrations have been applied to. */
export async function migratedDatabase(engine: EngineName): Promise<TestDatabase> {
  if (engine === 'postgres') return ownPostgres(SERVER ?? '', inject('migratedTemplate'));
  const loadDataDir = new Blob([readFileSync(inject('migratedDatabase'))]);
  const own = await PGlite.create({ loadDataDir });
  return { ...embeddedDatabase(own), drop: () => own.close() };
}

/** An empty embedded engine, in memory or in a folder. */
export async function emptyEngine(folder?: string): Promise<PGlite> {
  const loadDataDir = new Blob([readFileSync(inject('emptyDatabase'))]);
  return PGlite.create({ loadDataDir, ...(folder === undefined ? {} : { dataDir: folder }) });
}

/** Engines of this test file that somebody has emptied again. */
const idle: PGlite[] = [];
afterAll(() => Promise.all(idle.splice(0).map((engine) => engine.close())));

async function emptyEmbedded(): Promise<TestDatabase> {
  const engine = idle.pop() ?? (await emptyEngine());
  return {
    ...embeddedDatabase(engine),
    async drop() {
      await engine.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      idle.push(engine);
    },
  };
}

function embeddedDatabase(engine: PGlite): Omit<TestDatabase, 'drop'> {
  const sql = embeddedOver(engine);
  // One process, one session: a second starter shares it.
  return { sql, again: async () => ({ ...sql, close: async () => {} }) };
}

/** @param template - the database that it begins as a copy of; else it is empty. */
async function ownPostgres(server: string, template?: string): Promise<TestDatabase> {
  const name = `hushfield_test_${randomBytes(6).toString('hex')}`;
  const admin = openPostgres(server);
  const copied = template === undefined ? '' : ` TEMPLATE ${template}`;
  await admin.owner.script(`CREATE DATABASE ${name}${copied}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const sql = openPostgres(url.href);
  return {
    sql,
    url: url.href,
    again: async () => openPostgres(url.href),
    login(user) {
      const own = new URL(url);
      own.username = user;
      return openPostgres(own.href);
    },
    async drop() {
      await sql.close();
      await admin.owner.script(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.close();
    },
  };
}
