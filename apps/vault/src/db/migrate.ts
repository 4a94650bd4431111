import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Database, Owner, Role, Sql } from './sql.ts';

type Inside = Omit<Owner, 'transaction'>;

// Any fixed number: it names this lock among the advisory locks of the database.
const MIGRATION_LOCK = 4_807_526_976;
const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/;
/** In the comment that a file begins with: what stands further down may be of a text that it writes. */
const COMPATIBLE = /^(?:--.*\n)*?-- compatible-from: (\d{4})\n/;

export type Migration = { readonly name: string; readonly text: string };

/** The numbered files beside this one, in order. */
export function migrations(folder: string = join(import.meta.dirname, 'sql')): Migration[] {
  const names = readdirSync(folder).toSorted();
  const stray = names.find((name) => !FILE.test(name));
  if (stray !== undefined) throw new StartError(`${stray} is not a numbered migration.`);
  return names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/**
 * Brings the schema forward, each file in a transaction of its own. Starters that come at the same
 * time wait for each other on an advisory lock that ends with the transaction.
 *
 * @throws StartError when the database was made by a newer version.
 */
export async function migrate(
  owner: Owner,
  files: readonly Migration[] = migrations(),
): Promise<void> {
  await owner.transaction(prepare);
  for (const file of files) {
    await owner.transaction((sql) => apply(sql, file));
  }
  const own = files.map((file) => file.name);
  refuseAhead(await aheadOf(owner, own), own);
}

/**
 * The names of what this version would apply.
 *
 * @param role - one that this process may take on.
 */
export async function pendingMigrations(database: Database, role: Role): Promise<string[]> {
  const applied = await appliedIn(database, role);
  return migrations().flatMap(({ name }) => (applied.has(name) ? [] : [name]));
}

/** The same as somebody of a role may see it, and no longer than a statement may take. */
export async function missingMigrations(sql: Sql): Promise<string[]> {
  const applied = new Set(await appliedNames(sql));
  return migrations().flatMap(({ name }) => (applied.has(name) ? [] : [name]));
}

/**
 * Makes sure that this version may run on the schema: an older one lacks what it needs. Of a newer one it knows
 * neither the rules nor what must not be written any more, unless each migration that it does not know says
 * that code of so old a version may run on it: `-- compatible-from: 0020` is the newest migration that such code
 * has to know.
 *
 * @param role - one that this process may take on.
 * @throws StartError for any other.
 */
export async function requireCurrent(database: Database, role: Role): Promise<void> {
  const own = migrations().map(({ name }) => name);
  const applied = await appliedIn(database, role);
  if (own.some((name) => !applied.has(name)))
    throw new StartError('The database is not up to date; run: hushfield migrate');
  refuseAhead(await asReader(database, role, (sql) => aheadOf(sql, own)), own);
}

/** Whether the database was brought forward by a newer version that lets this one go on. */
export async function isAhead(database: Database, role: Role): Promise<boolean> {
  const own = migrations().map(({ name }) => name);
  const applied = await appliedIn(database, role);
  if (own.some((name) => !applied.has(name))) return false;
  const ahead = await asReader(database, role, (sql) => aheadOf(sql, own));
  return ahead.length > 0 && strangerIn(ahead, own) === undefined;
}

async function appliedIn(database: Database, role: Role): Promise<ReadonlySet<string>> {
  const [row] = await database.owner.query("SELECT to_regclass('migrations') IS NOT NULL AS there");
  return new Set(row?.there === true ? await asReader(database, role, appliedNames) : []);
}

/** Who does not own the tables may look only in a role of theirs; in an older schema there is none. */
function asReader<T>(database: Database, role: Role, look: (sql: Sql) => Promise<T>): Promise<T> {
  return look(database.owner).catch(() => look(database.as(role)));
}

const Ahead = z.object({ name: z.string(), compatible_from: z.string().nullable() });
type Ahead = z.infer<typeof Ahead>;

/** What was applied by newer versions. */
async function aheadOf(sql: Sql, own: readonly string[]): Promise<Ahead[]> {
  const rows = await sql.query('SELECT * FROM migrations WHERE name <> ALL ($1) ORDER BY name', [
    own,
  ]);
  // Before 0020 no migration could say it.
  return rows.map((row) => Ahead.parse({ compatible_from: null, ...row }));
}

/** The first that does not take code which knows these alone: it asks for one of a number that was never known here. */
function strangerIn(ahead: readonly Ahead[], own: readonly string[]): Ahead | undefined {
  const newest = numberOf(own.at(-1) ?? '');
  return ahead.find(
    ({ compatible_from: from }) =>
      from === null || from > newest || ahead.some(({ name }) => numberOf(name) <= from),
  );
}

const numberOf = (name: string) => name.slice(0, 4);

function refuseAhead(ahead: readonly Ahead[], own: readonly string[]): void {
  const strange = strangerIn(ahead, own);
  if (strange !== undefined)
    throw new StartError(`The database is newer than this vault (${strange.name}).`);
}

/** The schema this version was written for, as `describeSchema` tells it. */
export function wantedSchema(): string {
  return readFileSync(join(import.meta.dirname, 'schema.txt'), 'utf8');
}

async function prepare(sql: Inside): Promise<void> {
  await lock(sql);
  await sql.script(
    'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
  );
}

async function apply(sql: Inside, file: Migration): Promise<void> {
  await lock(sql);
  if ((await appliedNames(sql)).includes(file.name)) return;
  // Copying a large table takes longer than any statement that somebody waits for.
  await sql.script('SET LOCAL statement_timeout = 0');
  // Older files name the schema that functions of theirs look into; a later one puts that right, and in
  // another schema their bodies would not be understood until then.
  await sql.script('SET LOCAL check_function_bodies = off');
  await sql.script(file.text);
  await sql.query('INSERT INTO migrations (name) VALUES ($1)', [file.name]);
  const from = COMPATIBLE.exec(file.text)?.[1];
  if (from !== undefined)
    await sql.query('UPDATE migrations SET compatible_from = $2 WHERE name = $1', [
      file.name,
      from,
    ]);
}

async function appliedNames(sql: Sql): Promise<string[]> {
  const rows = await sql.query('SELECT name FROM migrations ORDER BY name');
  return rows.map((row) => String(row.name));
}

async function lock(sql: Sql): Promise<void> {
  await sql.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
}
