/*
 * The floor of a tokenization: one prepared statement through the vault's own driver that inserts the
 * same rows with the same bytes. The rows are copies of some that the vault has just written, under
 * ids of their own, so that the floor follows the schema by itself.
 */
import { randomBytes } from 'node:crypto';
import { answerJobs, type Pace, settings } from './jobs.ts';
import { openPool, type Pool } from '../stage/postgres.ts';
import { percentile } from '../stats.ts';
import { type InsertJob, type InsertSettings, type Table, WRITTEN } from './written.ts';

/** The column that makes a row of a table one of its own. */
const OWN: Readonly<Record<Table, readonly string[]>> = {
  tokens: ['token_id'],
  cards: ['token_id'],
  security_codes: ['token_id'],
  attempts: ['ticket_nonce', 'token_id'],
  audit_entries: ['entry_id', 'resource'],
};
const TOKEN_COLUMN: Readonly<Record<Table, string>> = {
  tokens: 'token_id',
  cards: 'token_id',
  security_codes: 'token_id',
  attempts: 'token_id',
  audit_entries: 'resource',
};

type Column = {
  readonly table: Table;
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
};

async function columnsOf(pool: Pool, table: Table, token: string): Promise<Column[]> {
  const found = await pool.query({
    text: `SELECT * FROM ${table} WHERE ${TOKEN_COLUMN[table]} = $1 LIMIT 1`,
    values: [token],
  });
  const types = await pool.query({
    text: 'SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped',
    values: [table],
  });
  const [row] = found.rows;
  if (!row) throw new Error(`the vault wrote no row of ${table}`);
  return types.rows.map(({ attname, type }) => ({
    table,
    name: String(attname),
    type: String(type),
    value: row[String(attname)],
  }));
}

async function template(pool: Pool): Promise<Column[]> {
  const { rows } = await pool.query('SELECT token_id FROM tokens ORDER BY created_at DESC LIMIT 1');
  const token = String(rows[0]?.['token_id']);
  const columns: Column[] = [];
  for (const table of WRITTEN) columns.push(...(await columnsOf(pool, table, token)));
  return columns;
}

/** All inserts as one statement: one round trip, one commit. */
function statement(columns: readonly Column[]): string {
  const inserts = WRITTEN.map((table) => {
    const own = columns.flatMap((column, index) =>
      column.table === table ? [{ ...column, index }] : [],
    );
    const values = own.map(({ index, type }) => `$${index + 1}::${type}`);
    return `INSERT INTO ${table} (${own.map(({ name }) => name).join(', ')}) VALUES (${values.join(', ')})`;
  });
  const [last, ...rest] = inserts.toReversed();
  const parts = rest.map((insert, index) => `part${index} AS (${insert})`);
  return `WITH ${parts.join(', ')} ${last}`;
}

/** An id as long as the copied one, and new. */
function fresh(value: unknown, seed: string): string {
  const length = String(value).length;
  return (seed + randomBytes(length).toString('hex')).slice(0, length);
}

/** The values of one more tokenization; ids of the token agree, as they do in earnest. */
function another(columns: readonly Column[]): unknown[] {
  const token = columns.find(({ table, name }) => table === 'tokens' && name === 'token_id');
  const tokenId = fresh(token?.value, randomBytes(16).toString('hex'));
  return columns.map(({ table, name, value }) => {
    if (name === TOKEN_COLUMN[table]) return tokenId;
    return OWN[table].includes(name) ? fresh(value, '') : value;
  });
}

const { databaseUrl, connections: max } = settings() as InsertSettings;
const pool = openPool(databaseUrl, max);
let prepared: Promise<{ text: string; columns: readonly Column[] }> | undefined;

async function prepare() {
  const columns = await template(pool);
  return { text: statement(columns), columns };
}

async function insert({ count, connections }: InsertJob): Promise<Pace> {
  prepared ??= prepare();
  const { text, columns } = await prepared;
  const rows = Array.from({ length: count }, () => another(columns));
  const times: number[] = [];
  const worker = async () => {
    for (let values = rows.pop(); values; values = rows.pop()) {
      const from = performance.now();
      await pool.query({ text, name: 'floor', values });
      times.push(performance.now() - from);
    }
  };
  const cpu = process.cpuUsage();
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: (count / ms) * 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpu: (user + system) / 1_000 / count,
  };
}

answerJobs(insert);
