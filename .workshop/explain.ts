import type { Database, Sql } from '../apps/vault/src/db/sql.ts';

/** What is read of PostgreSQL's own account of a statement (EXPLAIN, format JSON). */
type Node = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string | undefined;
  readonly 'Index Name'?: string | undefined;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Node[] | undefined;
};
type Plan = Node & { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };

type Scope = Parameters<Database['transaction']>[0];

/**
 * Does what an act does, and says how the server found its rows: which index, in how many partitions,
 * and how many pages of 8 kB it looked at.
 *
 * @example 'tokens_tenant_customer_created_at_token_id_idx in 8 parts; 24 pages'
 */
export async function explain(
  database: Database,
  scope: Scope,
  act: (sql: Sql) => Promise<unknown>,
): Promise<string> {
  const asked: [string, readonly unknown[]][] = [];
  await act({
    async query(text, values = []) {
      asked.push([text, values]);
      return [];
    },
  });
  const said = await Promise.all(asked.map(([text, values]) => one(database, scope, text, values)));
  return said.join(' | ');
}

async function one(database: Database, scope: Scope, text: string, values: readonly unknown[]) {
  const asking = `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`;
  const [row] = await database.transaction(scope, (sql) => sql.query(asking, values));
  const [answer] = (row?.['QUERY PLAN'] ?? []) as readonly { readonly Plan: Plan }[];
  if (answer === undefined) throw new Error('the server explained nothing');
  const { Plan: plan } = answer;
  const scans = scansOf(plan);
  const parts = [...new Set(scans)].map((scan) => {
    const times = scans.filter((each) => each === scan).length;
    return times === 1 ? scan : `${scan} in ${times} parts`;
  });
  return `${parts.join(', ')}; ${plan['Shared Hit Blocks'] + plan['Shared Read Blocks']} pages`;
}

/** What was really looked at: a partition that was ruled out is in the plan, and never in here. */
function scansOf(node: Node): string[] {
  const below = (node.Plans ?? []).flatMap(scansOf);
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index } = node;
  if (node['Actual Loops'] === 0) return below;
  if (type === 'Seq Scan') return [...below, `${whole(table ?? '')} whole`];
  // The heap half of a bitmap scan has no index: the half below it says which.
  return index === undefined ? below : [...below, whole(index)];
}

/** A partition's table or index, by the name of what it is a part of. */
function whole(name: string): string {
  return name.replace(/_\d+(?=_|$)/, '');
}
