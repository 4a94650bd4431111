import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { embeddedOver } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { openPostgres } from '../src/db/postgres.ts';

declare module 'vitest' {
  // Declaration merging needs an interface.
  interface ProvidedContext {
    emptyDatabase: string;
    migratedDatabase: string;
    /** A database to copy, of the server of HUSHFIELD_TEST_PG; empty where there is none. */
    migratedTemplate: string;
  }
}

const SERVER = process.env['HUSHFIELD_TEST_PG'];

/** Runs the engine's slow `initdb`, and all migrations, once for all files: each then loads a copy of the result. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-snapshot-'));
  const engine = await PGlite.create();
  const keep = async (name: 'emptyDatabase' | 'migratedDatabase') => {
    const path = join(folder, `${name}.tar`);
    const dump = await engine.dumpDataDir('none');
    writeFileSync(path, Buffer.from(await dump.arrayBuffer()));
    project.provide(name, path);
  };
  await keep('emptyDatabase');
  await migrate(embeddedOver(engine).owner);
  await keep('migratedDatabase');
  await engine.close();
  const template = SERVER === undefined ? '' : await templateOn(SERVER);
  project.provide('migratedTemplate', template);
  return async () => {
    rmSync(folder, { recursive: true });
    if (SERVER !== undefined) await onServer(SERVER, `DROP DATABASE ${template}`);
  };
}

async function templateOn(server: string): Promise<string> {
  const name = `hushfield_template_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const sql = openPostgres(url.href);
  await migrate(sql.owner);
  await sql.close();
  return name;
}

async function onServer(server: string, script: string): Promise<void> {
  const admin = openPostgres(server);
  await admin.owner.script(script);
  await admin.close();
}
