import { TextPolicy } from '@hushfield/contract/boot';
import type { Row, Sql } from '../db/sql.ts';
import * as z from 'zod';

const PolicyRow = z.object({
  name: z.string(),
  alphabet: z.string(),
  min_length: z.int(),
  max_length: z.int(),
});
const COLUMNS = 'name, alphabet, min_length, max_length';

/** The rules for secret texts of a tenant, by name. */
export async function textPoliciesOf(sql: Sql, tenant: string): Promise<TextPolicy[]> {
  const text = `SELECT ${COLUMNS} FROM text_policies WHERE tenant = $1 ORDER BY name`;
  return (await sql.query(text, [tenant], 'text-policies')).map(policyOf);
}

/** One of them; nothing when there is none of that name. */
export async function findTextPolicy(
  sql: Sql,
  tenant: string,
  name: string,
): Promise<TextPolicy | undefined> {
  const text = `SELECT ${COLUMNS} FROM text_policies WHERE tenant = $1 AND name = $2`;
  const [row] = await sql.query(text, [tenant, name], 'find-text-policy');
  return row && policyOf(row);
}

/** More would not fit into a document. */
const MOST_POLICIES = 64;

/** Stores a rule; false when there is one of that name, which stays as it is, or there are too many. */
export async function insertTextPolicy(
  sql: Sql,
  tenant: string,
  { name, alphabet, minLength, maxLength }: TextPolicy,
  at: Date,
): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO text_policies (tenant, name, alphabet, min_length, max_length, created_at)
     SELECT $1, $2, $3, $4::int, $5::int, $6::timestamptz
     WHERE (SELECT count(*) FROM text_policies WHERE tenant = $1) < ${MOST_POLICIES}
     ON CONFLICT DO NOTHING RETURNING name`,
    [tenant, name, alphabet, minLength, maxLength, at],
  );
  return rows.length === 1;
}

/** Ends a rule; false when there was none. Texts that were typed under it stay. */
export async function deleteTextPolicy(sql: Sql, tenant: string, name: string): Promise<boolean> {
  const rows = await sql.query(
    'DELETE FROM text_policies WHERE tenant = $1 AND name = $2 RETURNING name',
    [tenant, name],
  );
  return rows.length === 1;
}

function policyOf(row: Row): TextPolicy {
  const { name, alphabet, min_length: minLength, max_length: maxLength } = PolicyRow.parse(row);
  return TextPolicy.parse({ name, alphabet, minLength, maxLength });
}
