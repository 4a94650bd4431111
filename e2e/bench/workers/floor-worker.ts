/*
 * The floor of an act: one prepared statement through the vault's own driver that reads or writes the
 * same rows with the same bytes. What it writes are copies of rows that the vault has just written, under
 * ids of their own, so that the floor follows the schema by itself.
 */
import { randomBytes } from 'node:crypto';
import { answerJobs, type Pace, settings } from './jobs.ts';
import { type FloorEngine, openFloor, type Statement } from './floor-engine.ts';
import { percentile } from '../stats.ts';
import { type Act, type FloorJob, type FloorSettings, type Table, WRITTEN } from './written.ts';

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

/** A token that the vault has made, whose rows are the pattern. */
type Model = {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly columns: readonly Column[];
};

async function columnsOf(engine: FloorEngine, table: Table, token: string): Promise<Column[]> {
  const [row] = await engine.query({
    text: `SELECT * FROM ${table} WHERE ${TOKEN_COLUMN[table]} = $1 LIMIT 1`,
    values: [token],
  });
  const types = await engine.query({
    text: 'SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped',
    values: [table],
  });
  if (!row) throw new Error(`the vault wrote no row of ${table}`);
  return types.map(({ attname, type }) => ({
    table,
    name: String(attname),
    type: String(type),
    value: row[String(attname)],
  }));
}

async function model(engine: FloorEngine): Promise<Model> {
  const rows = await engine.query({
    text: 'SELECT tenant, token_id FROM tokens ORDER BY created_at DESC LIMIT 1000',
  });
  const ids = rows.map(({ token_id }) => String(token_id));
  const columns: Column[] = [];
  for (const table of WRITTEN) columns.push(...(await columnsOf(engine, table, ids[0] ?? '')));
  return { tenant: String(rows[0]?.['tenant']), ids, columns };
}

/** All inserts as one statement: one round trip, one commit. */
function insertion(columns: readonly Column[]): string {
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

const READ = 'SELECT * FROM tokens WHERE tenant = $1 AND token_id = $2';
/** Opens nothing, but reads the same row, and leaves the entry that must be there before the answer. */
const REVEAL = `
WITH entry AS (
  INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, request_id)
  SELECT $1, $3, now(), 'key:00000000', 'token.reveal', $2, 'plain', $3)
SELECT c.envelope FROM tokens t JOIN cards c ON c.tenant = t.tenant AND c.token_id = t.token_id
WHERE t.tenant = $1 AND t.token_id = $2`;

const FLOORS: Readonly<Record<Act, (model: Model, index: number) => Required<Statement>>> = {
  tokenize: ({ columns }) => ({
    text: insertion(columns),
    name: 'insert',
    values: another(columns),
  }),
  get: ({ tenant, ids }, index) => ({
    text: READ,
    name: 'read',
    values: [tenant, ids[index % ids.length]],
  }),
  reveal: ({ tenant, ids }, index) => ({
    text: REVEAL,
    name: 'reveal',
    values: [tenant, ids[index % ids.length], fresh('aud_0123456789012345678901', 'aud_')],
  }),
};

const engine = await openFloor(settings() as FloorSettings);
let known: Promise<Model> | undefined;

async function floor({ act, count, connections }: FloorJob): Promise<Pace> {
  known ??= model(engine);
  const pattern = await known;
  const statements = Array.from({ length: count }, (_, index) => FLOORS[act](pattern, index));
  const times: number[] = [];
  const worker = async () => {
    for (let next = statements.pop(); next; next = statements.pop()) {
      const from = performance.now();
      await engine.query(next);
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

answerJobs(floor);
