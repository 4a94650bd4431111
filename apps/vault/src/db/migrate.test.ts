import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { openPostgres } from './postgres.ts';
import { describeSchema } from './describe-schema.ts';
import { isAhead, migrate, migrations, requireCurrent, wantedSchema } from './migrate.ts';

describe.each(ENGINES)('migrate on %s', { timeout: 60_000 }, (engine) => {
  let it: TestDatabase;
  beforeEach(async () => {
    it = await emptyDatabase(engine);
  }, 60_000);
  afterEach(() => it.drop());

  test('brings five starters at once to one schema', async () => {
    const starters = await Promise.all(Array.from({ length: 5 }, () => it.again()));
    await Promise.all(starters.map((starter) => migrate(starter.owner)));
    await Promise.all(starters.map((starter) => starter.close()));
    await expect(await describeSchema(it.sql.owner)).toMatchFileSnapshot('schema.txt');
    const applied = await it.sql.owner.query('SELECT name FROM migrations ORDER BY name');
    expect(applied.map((row) => row.name)).toStrictEqual(migrations().map((file) => file.name));
  });

  test('makes the same in a schema of another name, where its functions look too', async () => {
    if (it.login === undefined) return;
    await it.sql.owner.script('CREATE SCHEMA "the vault"; CREATE TABLE tenants ()');
    const url = new URL(it.url ?? '');
    url.searchParams.set('options', '-c search_path="the\\ vault"');
    const elsewhere = openPostgres(url.href);
    await migrate(elsewhere.owner);
    expect(await describeSchema(elsewhere.owner)).toBe(wantedSchema());
    await elsewhere.as('admin').query("INSERT INTO tenants VALUES ('t', 'n', now())");
    const found = await elsewhere.as('fields').query("SELECT FROM find_api_key('none')");
    expect(found).toStrictEqual([]);
    await elsewhere.close();
  });

  test('carries what an older version wrote into the newer tables', async () => {
    await migrate(it.sql.owner, migrations().slice(0, 1));
    await it.sql.owner.script(`
      INSERT INTO tenants VALUES ('t', 'n', now());
      INSERT INTO tokens SELECT 't', 'tok' || n, 'test', 'visa', '{visa}', '4242', NULL, 1, 2030, false, 'fp', now(), now()
        FROM generate_series(1, 100) n;
      INSERT INTO cards SELECT 't', 'tok' || n, '\\x00', 'dk', 1 FROM generate_series(1, 100) n;
      INSERT INTO audit_entries SELECT 't', 'e' || n, now(), 'a', 'a', 'r', 'ok', NULL, NULL FROM generate_series(1, 100) n;
      INSERT INTO attempts SELECT 't', 'n' || n, 1, decode(repeat('00', 32), 'hex'), 'tok', NULL, NULL, now()
        FROM generate_series(1, 100) n;`);
    await migrate(it.sql.owner);
    for (const table of ['tokens', 'cards', 'audit_entries', 'attempts']) {
      const [row] = await it.sql.owner.query(`SELECT count(*)::int AS n FROM ${table}`);
      expect([table, row?.n]).toStrictEqual([table, 100]);
    }
    expect(await describeSchema(it.sql.owner)).toBe(wantedSchema());
  });

  test('leaves nothing of a file that fails', async () => {
    const broken = [
      ...migrations(),
      { name: '0002_broken.sql', text: 'CREATE TABLE half (); SELECT 1/0;' },
    ];
    await expect(migrate(it.sql.owner, broken)).rejects.toThrow();
    const rows = await it.sql.owner.query("SELECT 1 FROM pg_tables WHERE tablename = 'half'");
    expect(rows).toStrictEqual([]);
    await migrate(it.sql.owner);
  });

  test('refuses a database that is ahead', async () => {
    const next = { name: '9999_next.sql', text: 'CREATE TABLE later ();' };
    await migrate(it.sql.owner, [...migrations(), next]);
    await expect(migrate(it.sql.owner)).rejects.toThrow('newer than this vault (9999_next.sql)');
  });

  test('lets no node start on a database of another version, and says which way to go', async () => {
    await expect(requireCurrent(it.sql, 'api')).rejects.toThrow('run: hushfield migrate');
    await migrate(it.sql.owner);
    await requireCurrent(it.sql, 'api');
    await it.sql.owner.query("INSERT INTO migrations (name) VALUES ('9999_next.sql')");
    await expect(requireCurrent(it.sql, 'fields')).rejects.toThrow(
      'The database is newer than this vault (9999_next.sql).',
    );
  });

  test.each([
    ['says nothing', 'CREATE TABLE later ();', false],
    [
      'takes code that knows the newest of ours',
      '-- compatible-from: 0020\nCREATE TABLE later ();',
      true,
    ],
    [
      'takes only code that is newer still',
      '-- compatible-from: 9998\nCREATE TABLE later ();',
      false,
    ],
    [
      'says so in its head, and not further down',
      'CREATE TABLE later ();\n-- compatible-from: 0020\n',
      false,
    ],
    ['says so in the second line', '-- Why.\n-- compatible-from: 0020\nSELECT 1;', true],
  ])('lets a node of before start only where what is newer %s', async (_name, text, starts) => {
    await migrate(it.sql.owner, [...migrations(), { name: '9999_next.sql', text }]);
    const started = requireCurrent(it.sql, 'api');
    const again = migrate(it.sql.owner);
    if (starts) await Promise.all([started, again]);
    else
      for (const each of [started, again])
        await expect(each).rejects.toThrow('newer than this vault (9999_next.sql)');
    expect(await isAhead(it.sql, 'api')).toBe(starts);
  });

  test('lets no node of before start that has never known one of those it has to, though it knows later ones', async () => {
    const between = { name: '0019_between.sql', text: '-- compatible-from: 0016\nSELECT 1;' };
    await migrate(it.sql.owner, [...migrations(), between]);
    await requireCurrent(it.sql, 'api');
    const next = { name: '9999_next.sql', text: '-- compatible-from: 0019\nSELECT 1;' };
    await migrate(it.sql.owner, [...migrations(), between, next]);
    await expect(requireCurrent(it.sql, 'api')).rejects.toThrow('(9999_next.sql)');
  });

  test('has no file that names a migration of later as known before', () => {
    for (const { name, text } of migrations())
      for (const [, from = ''] of text.matchAll(/^-- compatible-from: (.*)$/gm))
        expect([name, /^\d{4}$/.test(from) && from < name]).toStrictEqual([name, true]);
  });

  test.each([
    "UPDATE audit_entries SET outcome = 'x'",
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries',
    'TRUNCATE audit_entries_3',
  ])('keeps audit entries from: %s', async (statement) => {
    await migrate(it.sql.owner);
    await it.sql.owner.query(
      "INSERT INTO audit_entries VALUES ('t', 'e', now(), 'a', 'a', 'r', 'ok', NULL, NULL)",
    );
    await expect(it.sql.owner.query(statement)).rejects.toThrow('append-only');
  });

  test('gives bytes as Uint8Array and rolls back on error', async () => {
    await migrate(it.sql.owner);
    const work = it.sql.transaction({ role: 'admin' }, async (sql) => {
      await sql.query("INSERT INTO tenants VALUES ('t', 'n', now())");
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    const [row] = await it.sql.owner.query(
      "SELECT '\\x0102'::bytea AS b, (SELECT count(*)::int FROM tenants) AS n",
    );
    expect(row).toStrictEqual({ b: Uint8Array.of(1, 2), n: 0 });
  });
});
