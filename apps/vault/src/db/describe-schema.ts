import type { Sql } from './sql.ts';

/*
 * The schema as text, from the catalogue and not from the migrations: what is there, whoever made it.
 * The same on every engine and version, so that one committed file can say what it has to be. It has to
 * name whatever could give a row to somebody else: what is left out here, a hand in the database may change
 * while `doctor` calls all well. Of a part only what is its own is told; the rest is its parent's.
 */
const OURS = `
  SELECT oid AS id, relname AS own, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relacl,
    relowner, reloptions, relispartition AS part, relpartbound
  FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`;

/** Who made all this; a relation or function of another owner obeys another. */
const OWNER = `(SELECT relowner FROM pg_class WHERE oid = to_regclass('migrations'))`;
const NAME = (role: string) => `CASE ${role} WHEN 0 THEN 'public' ELSE ${role}::regrole::text END`;
const ALIEN = (owner: string) =>
  `CASE WHEN ${owner} IS DISTINCT FROM ${OWNER} THEN ' owned by another' END`;

const TABLES = `
  SELECT own, '', concat(
    CASE WHEN part THEN concat('part ', own, ' ', pg_get_expr(relpartbound, id))
      WHEN relkind IN ('v', 'm') THEN concat('view ', own, ' as ', pg_get_viewdef(id))
      WHEN relkind IN ('r', 'p') THEN concat(CASE relpersistence WHEN 'u' THEN 'unlogged ' END, 'table ', own)
      ELSE concat('relation ', own) END,
    CASE WHEN part AND relkind <> 'r' THEN ' of kind ' || relkind::text END,
    CASE relkind WHEN 'p' THEN ' partition by ' || pg_get_partkeydef(id) || ', '
      || (SELECT count(*) FROM pg_inherits WHERE inhparent = id) || ' parts' END,
    CASE WHEN relrowsecurity THEN ' with row security' END, CASE WHEN relforcerowsecurity THEN ' forced' END,
    ' with ' || array_to_string(reloptions, ', '), ${ALIEN('relowner')})
  FROM ours`;

const COLUMNS = `
  SELECT own, lpad(attnum::text, 4, '0'), concat_ws(' ', '  column', attname,
    format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
    CASE WHEN attgenerated <> '' THEN 'generated' END, 'default ' || pg_get_expr(adbin, adrelid))
  FROM ours JOIN pg_attribute ON attrelid = id AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE relkind IN ('r', 'p') AND NOT part`;

// PostgreSQL 18 lists NOT NULL here too.
const CONSTRAINTS = `
  SELECT own, conname, concat('  constraint ', conname, ' ', pg_get_constraintdef(k.oid))
  FROM ours JOIN pg_constraint k ON conrelid = id WHERE contype <> 'n' AND NOT part`;

const INDEXES = `
  SELECT own, i.relname, '  index ' || pg_get_indexdef(i.oid)
  FROM ours JOIN pg_index ON indrelid = id AND NOT indisprimary JOIN pg_class i ON i.oid = indexrelid
  WHERE NOT part`;

// Those that belong to the system, or to a parent, are told of where somebody has switched one off.
const TRIGGERS = `
  SELECT own, tgname, concat('  trigger ', pg_get_triggerdef(t.oid),
    CASE WHEN tgenabled <> 'O' THEN ' enabled ' || tgenabled::text END)
  FROM ours JOIN pg_trigger t ON tgrelid = id
  WHERE (NOT tgisinternal AND tgparentid = 0) OR tgenabled <> 'O'`;

const RULES = `
  SELECT own, rulename, '  rule ' || pg_get_ruledef(r.oid)
  FROM ours JOIN pg_rewrite r ON ev_class = id WHERE rulename <> '_RETURN'`;

const POLICIES = `
  SELECT own, polname, concat('  policy ', polname, CASE WHEN NOT polpermissive THEN ' restrictive' END,
    ' for ', CASE polcmd WHEN '*' THEN 'all' WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert'
      WHEN 'w' THEN 'update' ELSE 'delete' END, ' to ',
    (SELECT string_agg(${NAME('whom')}, ', ' ORDER BY ${NAME('whom')}) FROM unnest(polroles) AS whom),
    ' using ', pg_get_expr(polqual, polrelid), ' check ' || pg_get_expr(polwithcheck, polrelid))
  FROM ours JOIN pg_policy ON polrelid = id`;

const GIVEN = `lower(privilege_type) || CASE WHEN is_grantable THEN ' and on' ELSE '' END || columns`;
const GRANTS = `
  SELECT own, ${NAME('grantee')}, concat('  grant ', ${NAME('grantee')}, ' ',
    string_agg(${GIVEN}, ', ' ORDER BY privilege_type, columns))
  FROM (
    SELECT own, grantee, privilege_type, is_grantable, '' AS columns
    FROM ours, aclexplode(relacl) WHERE grantee <> relowner
    UNION ALL
    SELECT own, grantee, privilege_type, is_grantable,
      ' (' || string_agg(attname, ', ' ORDER BY attname) || ')'
    FROM ours JOIN pg_attribute ON attrelid = id, aclexplode(attacl) GROUP BY 1, 2, 3, 4) AS given
  GROUP BY own, grantee`;

// A body stands further in than any other line: what is written into it is never taken for a thing of its own.
const FUNCTIONS = `
  SELECT '~' || proname, oidvectortypes(proargtypes), concat(CASE prokind WHEN 'f' THEN 'function ' ELSE 'routine ' END,
    proname, '(', pg_get_function_arguments(p.oid), ') returns ', pg_get_function_result(p.oid),
    ' in ', lanname, CASE provolatile WHEN 's' THEN ' stable' WHEN 'i' THEN ' immutable' END,
    CASE WHEN proleakproof THEN ' leakproof' END, CASE WHEN prosecdef THEN ' security definer' END,
    ' with ' || replace(array_to_string(proconfig, ', '), quote_ident(current_schema()), 'this schema'),
    ' to ' || (SELECT string_agg(${NAME('grantee')}, ', ' ORDER BY ${NAME('grantee')})
      FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee <> proowner),
    ${ALIEN('proowner')}, E'\\n', regexp_replace(
      concat(btrim(prosrc, E'\\n'), pg_get_function_sqlbody(p.oid)), '^', '    ', 'ng'))
  FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE pronamespace = quote_ident(current_schema())::regnamespace`;

/** Whoever may look into the schema: the roles that migrations made, and anybody beside them. */
const ENTRANTS = `
  SELECT grantee, string_agg(lower(privilege_type), ', ' ORDER BY privilege_type) AS may
  FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
  WHERE oid = quote_ident(current_schema())::regnamespace AND grantee <> nspowner
    AND (grantee <> 0 OR privilege_type = 'CREATE') GROUP BY grantee`;

// What a role may do on the whole server stands above every grant and policy.
const ROLES = `
  SELECT '~~', ${NAME('grantee')}, concat_ws(' ', 'role', ${NAME('grantee')}, may,
    CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolbypassrls THEN 'bypasses row security' END,
    CASE WHEN rolcreaterole THEN 'makes roles' END, CASE WHEN rolcreatedb THEN 'makes databases' END,
    CASE WHEN rolreplication THEN 'replicates' END, CASE WHEN rolcanlogin THEN 'logs in' END,
    CASE WHEN NOT rolinherit THEN 'does not inherit' END,
    (SELECT 'member of ' || string_agg(m.roleid::regrole::text, ', ' ORDER BY m.roleid::regrole::text)
      FROM pg_auth_members m WHERE m.member = grantee))
  FROM (${ENTRANTS}) AS entrants LEFT JOIN pg_roles ON pg_roles.oid = grantee`;

const PARTS = [
  ...[TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, RULES, POLICIES, GRANTS],
  ...[FUNCTIONS, ROLES],
];

const ALL = `
WITH ours AS (${OURS}),
lines (relation, name, line, part) AS (
  ${PARTS.map((part, index) => `SELECT *, ${index} FROM (${part}) AS part_${index}`).join('\nUNION ALL\n')})
SELECT replace(line, quote_ident(current_schema()) || '.', '') AS line
FROM lines ORDER BY relation COLLATE "C", part, name COLLATE "C"`;

/** A line for each relation and part, column, constraint, index, trigger, rule, policy, grant, function and role. */
export async function describeSchema(sql: Sql): Promise<string> {
  const rows = await sql.query(ALL);
  return rows.map((row) => `${String(row.line)}\n`).join('');
}

/** What may be added to a table that was there before; a right, a policy or a trigger may not. */
const ADDED = /^ {2}(column|index|constraint) /;
/** What may be new: nothing that is owned by another or stands above grants, and no role that may do more than look in. */
const NEW = /^(?:(?:unlogged )?table |part |function |role hushfield_[a-z]+ usage$)/;
const COLUMN = /^ {2}column (\w+) /;

/**
 * Whether a schema is another one with things added to it, as a newer version's is beside which this one goes on.
 * Both as {@link describeSchema} tells them, in one order.
 */
export function extendsSchema(found: string, known: string): boolean {
  const own = known.split('\n');
  let next = 0;
  let isNew = false;
  let added = new Set<string>();
  for (const line of found.split('\n')) {
    const begins = !line.startsWith('  ');
    if (begins) added = new Set();
    const older = withoutColumns(line, added);
    if (older === own[next]) {
      next += 1;
      if (begins) isNew = false;
      continue;
    }
    if (begins) isNew = true;
    if (begins ? !NEW.test(line) : !isNew && !ADDED.test(line) && older !== undefined) return false;
    const [, column] = COLUMN.exec(line) ?? [];
    if (column !== undefined) added.add(column);
  }
  return next === own.length;
}

/** A grant as it would be if columns were not there: nothing where it is of those alone. Any other line as it is. */
function withoutColumns(line: string, gone: ReadonlySet<string>): string | undefined {
  const [, whom, given] = /^ {2}grant (\S+) (.+)$/.exec(line) ?? [];
  if (whom === undefined || given === undefined) return line;
  // At the commas between rights, and not at those between columns.
  const rights = given.split(/, (?![^(]*\))/).flatMap((right) => {
    const [, what, columns] = /^(.+) \((.+)\)$/.exec(right) ?? [];
    if (columns === undefined) return [right];
    const left = columns.split(', ').filter((column) => !gone.has(column));
    return left.length === 0 ? [] : [`${what} (${left.join(', ')})`];
  });
  return rights.length === 0 ? undefined : `  grant ${whom} ${rights.join(', ')}`;
}
