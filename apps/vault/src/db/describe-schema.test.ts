import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINES, emptyDatabase, type TestDatabase } from '../../test/engines.ts';
import { describeSchema, extendsSchema } from './describe-schema.ts';
import { migrate } from './migrate.ts';

/* What `doctor` compares: whoever changes one of these by hand is found out. */
describe.each(ENGINES)('the description of a schema on %s', (engine) => {
  let it: TestDatabase;
  let before: string;
  beforeAll(async () => {
    it = await emptyDatabase(engine);
    await migrate(it.sql.owner);
    before = await describeSchema(it.sql.owner);
  }, 60_000);
  afterAll(() => it.drop());

  /** Looks at a change, and takes it back: roles are shared with every other database of the server. */
  async function tampered(text: string): Promise<string> {
    let after = '';
    const undone = new Error('undone');
    const work = it.sql.owner.transaction(async (sql) => {
      await sql.script(text);
      after = await describeSchema(sql);
      throw undone;
    });
    await expect(work).rejects.toBe(undone);
    return after;
  }

  test.each([
    ['a part that a role may read past its parent', 'GRANT SELECT ON cards_3 TO hushfield_api'],
    ['a column of a part', 'GRANT SELECT (envelope) ON cards_3 TO hushfield_worker'],
    ['a right for everybody', 'GRANT SELECT ON cards TO PUBLIC'],
    ['a right that may be passed on', 'GRANT SELECT ON cards TO hushfield_api WITH GRANT OPTION'],
    ['a part without its trigger', 'DROP TRIGGER no_truncate ON audit_entries_0'],
    ['a trigger that is switched off', 'ALTER TABLE audit_entries DISABLE TRIGGER ALL'],
    [
      'a trigger that is switched off in a part',
      'ALTER TABLE audit_entries_5 DISABLE TRIGGER audit_entries_append_only',
    ],
    [
      'a trigger more',
      'CREATE TRIGGER t BEFORE INSERT ON cards_1 FOR EACH ROW EXECUTE FUNCTION refuse_change()',
    ],
    ['row security that is off', 'ALTER TABLE cards DISABLE ROW LEVEL SECURITY'],
    ['a policy of a part', 'CREATE POLICY p ON cards_1 USING (true)'],
    ['a policy for everybody', 'CREATE POLICY p ON cards USING (true)'],
    [
      'a policy of another kind',
      "DROP POLICY own_tenant ON cards; CREATE POLICY own_tenant ON cards AS RESTRICTIVE TO hushfield_api USING (tenant = current_setting('hushfield.tenant', true))",
    ],
    [
      'a policy for another command',
      "DROP POLICY own_tenant ON cards; CREATE POLICY own_tenant ON cards FOR SELECT TO hushfield_api USING (tenant = current_setting('hushfield.tenant', true))",
    ],
    ['a view', 'CREATE VIEW leak AS SELECT * FROM cards; GRANT SELECT ON leak TO hushfield_fields'],
    ['a copy', 'CREATE MATERIALIZED VIEW leak AS SELECT * FROM cards'],
    ['a rule', 'CREATE RULE r AS ON INSERT TO tenants DO ALSO DELETE FROM migrations'],
    ['a table of another owner', 'ALTER TABLE cards OWNER TO hushfield_api'],
    ['a function of another owner', 'ALTER FUNCTION find_api_key(text) OWNER TO hushfield_admin'],
    ['a function without its path', 'ALTER FUNCTION find_api_key(text) RESET search_path'],
    ['a function with another path', 'ALTER FUNCTION find_api_key(text) SET search_path = pg_temp'],
    ['a function for everybody', 'GRANT EXECUTE ON FUNCTION find_api_key(text) TO PUBLIC'],
    [
      'a function that is called less often',
      'ALTER FUNCTION keys_in_force(text, text, integer) STABLE',
    ],
    [
      'a function that is trusted more',
      'ALTER FUNCTION keys_in_force(text, text, integer) LEAKPROOF',
    ],
    [
      'a function that does more',
      'CREATE OR REPLACE FUNCTION note_pending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$\nBEGIN\nDELETE FROM cards;\n  INSERT INTO audit_pending (tenant, entry_id) VALUES (NEW.tenant, NEW.entry_id);\n  RETURN NULL;\nEND $$',
    ],
    [
      'a function in which a thing seems to begin',
      'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\n/*\ntable later\n*/ BEGIN RETURN NEW; END $$',
    ],
    ['a right to a column that was there', 'GRANT UPDATE (label) ON api_keys TO hushfield_api'],
    [
      'a right to a column that was there, beside a new one',
      'ALTER TABLE api_keys ADD COLUMN later text; GRANT UPDATE (label, later) ON api_keys TO hushfield_api',
    ],
    ['a procedure', 'CREATE PROCEDURE later() LANGUAGE sql AS $$ DELETE FROM cards $$'],
    ['a sequence', 'CREATE SEQUENCE later'],
    [
      'a new role that may do all',
      "CREATE ROLE hushfield_later SUPERUSER; DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO hushfield_later', current_schema()); END $$",
    ],
    [
      'a new role that is another too',
      "CREATE ROLE hushfield_later IN ROLE hushfield_rotator; DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO hushfield_later', current_schema()); END $$",
    ],
    ['a role past row security', 'ALTER ROLE hushfield_fields BYPASSRLS'],
    ['a role that may do all', 'ALTER ROLE hushfield_api SUPERUSER'],
    ['a role that logs in', 'ALTER ROLE hushfield_api LOGIN'],
    ['a role that makes roles', 'ALTER ROLE hushfield_api CREATEROLE'],
    ['a role that is another too', 'GRANT hushfield_rotator TO hushfield_fields'],
    ['a role that reads everything', 'GRANT pg_read_all_data TO hushfield_worker'],
    [
      'a schema that everybody may write into',
      "DO $$ BEGIN EXECUTE format('GRANT CREATE ON SCHEMA %I TO PUBLIC', current_schema()); END $$",
    ],
  ])('tells of %s', async (_name, text) => {
    const after = await tampered(text);
    expect(after).not.toBe(before);
    // Nor is it what a newer version adds.
    expect(extendsSchema(after, before)).toBe(false);
  });

  test.each([
    [
      'a table with its own rights',
      'CREATE TABLE later (); GRANT SELECT ON later TO hushfield_api',
    ],
    ['a column', 'ALTER TABLE tokens ADD COLUMN later text'],
    [
      'a column that some may change',
      'ALTER TABLE api_keys ADD COLUMN later text; GRANT UPDATE (later) ON api_keys TO hushfield_api',
    ],
    [
      'a column that somebody may see who saw none',
      'ALTER TABLE api_keys ADD COLUMN later text; GRANT SELECT (later) ON api_keys TO hushfield_worker',
    ],
    [
      'a role of its own',
      "CREATE ROLE hushfield_later; DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO hushfield_later', current_schema()); END $$",
    ],
    ['an index', 'CREATE INDEX later ON tenants (name)'],
    ['a check', 'ALTER TABLE tenants ADD CHECK (length(name) < 10000)'],
    ['a function', 'CREATE FUNCTION later() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'],
  ])('takes %s for what a newer version adds', async (_name, text) => {
    const after = await tampered(text);
    expect([after === before, extendsSchema(after, before)]).toStrictEqual([false, true]);
  });

  test('is the same again afterwards', async () => {
    expect(await describeSchema(it.sql.owner)).toBe(before);
  });
});
