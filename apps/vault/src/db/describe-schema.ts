import type { Sql } from './sql.ts';

/*
 * The schema as text, from the catalogue and not from the migrations: what is there, whoever made it.
 * The same on every engine and version, so that one committed file can say what it has to be. A
 * partition is told of by its parent.
 */
const OURS = `
  SELECT oid AS id, relname AS own, relkind, relpersistence, relrowsecurity, relacl, relowner
  FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND NOT relispartition AND relkind IN ('r', 'p')`;

const TABLES = `
  SELECT own, '', concat_ws(' ', CASE relpersistence WHEN 'u' THEN 'unlogged' END, 'table', own,
    CASE relkind WHEN 'p' THEN 'partition by ' || pg_get_partkeydef(id) || ', '
      || (SELECT count(*) FROM pg_inherits WHERE inhparent = id) || ' parts' END,
    CASE WHEN relrowsecurity THEN 'with row security' END)
  FROM ours`;

const COLUMNS = `
  SELECT own, lpad(attnum::text, 4, '0'), concat_ws(' ', '  column', attname,
    format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
    'default ' || pg_get_expr(adbin, adrelid))
  FROM ours JOIN pg_attribute ON attrelid = id AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum`;

// PostgreSQL 18 lists NOT NULL here too.
const CONSTRAINTS = `
  SELECT own, conname, concat('  constraint ', conname, ' ', pg_get_constraintdef(k.oid))
  FROM ours JOIN pg_constraint k ON conrelid = id WHERE contype <> 'n'`;

const INDEXES = `
  SELECT own, i.relname, '  index ' || pg_get_indexdef(i.oid)
  FROM ours JOIN pg_index ON indrelid = id AND NOT indisprimary JOIN pg_class i ON i.oid = indexrelid`;

const TRIGGERS = `
  SELECT own, tgname, '  trigger ' || pg_get_triggerdef(t.oid)
  FROM ours JOIN pg_trigger t ON tgrelid = id WHERE NOT tgisinternal`;

const POLICIES = `
  SELECT own, polname, concat('  policy ', polname, ' to ',
    (SELECT string_agg(rolname, ', ' ORDER BY rolname) FROM pg_roles r WHERE r.oid = ANY (polroles)),
    ' using ', pg_get_expr(polqual, polrelid), ' check ' || pg_get_expr(polwithcheck, polrelid))
  FROM ours JOIN pg_policy ON polrelid = id`;

const GRANTS = `
  SELECT own, grantee::regrole::text, concat('  grant ', grantee::regrole, ' ',
    string_agg(lower(privilege_type) || columns, ', ' ORDER BY privilege_type, columns))
  FROM (
    SELECT own, grantee, privilege_type, '' AS columns
    FROM ours, aclexplode(relacl) WHERE grantee <> relowner
    UNION ALL
    SELECT own, grantee, privilege_type, ' (' || string_agg(attname, ', ' ORDER BY attname) || ')'
    FROM ours JOIN pg_attribute ON attrelid = id, aclexplode(attacl) GROUP BY 1, 2, 3) AS given
  GROUP BY own, grantee`;

const FUNCTIONS = `
  SELECT '~' || proname, '', concat('function ', proname, '(', pg_get_function_arguments(oid),
    ') returns ', pg_get_function_result(oid), CASE WHEN prosecdef THEN ' security definer' END,
    ' to ' || (SELECT string_agg(grantee::regrole::text, ', ' ORDER BY grantee::regrole::text)
      FROM aclexplode(proacl) WHERE grantee <> proowner), E'\\n', btrim(prosrc, E'\\n'))
  FROM pg_proc WHERE pronamespace = current_schema()::regnamespace`;

const PARTS = [TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, POLICIES, GRANTS, FUNCTIONS];

const ALL = `
WITH ours AS (${OURS}),
lines (relation, name, line, part) AS (
  ${PARTS.map((part, index) => `SELECT *, ${index} FROM (${part}) AS part_${index}`).join('\nUNION ALL\n')})
SELECT replace(line, current_schema() || '.', '') AS line
FROM lines ORDER BY relation COLLATE "C", part, name COLLATE "C"`;

/** A line for each table, column, constraint, index, trigger, policy, grant and function. */
export async function describeSchema(sql: Sql): Promise<string> {
  const rows = await sql.query(ALL);
  return rows.map((row) => `${String(row.line)}\n`).join('');
}
