/*
 * `npm run bench -- scale [rows …]`: what each statement of the vault costs as its tables grow, on
 * a PostgreSQL of its own. Each figure is the median of a few hundred, one at a time, and its ratio to
 * the smallest size in the same run. Not part of `npm test`: a million rows take a minute or two.
 */
import { migrate } from '../apps/vault/src/db/migrate.ts';
import { openPostgres } from '../apps/vault/src/db/postgres.ts';
import type { Database } from '../apps/vault/src/db/sql.ts';
import { deleteToken, updateToken } from '../apps/vault/src/tokens/change-tokens.ts';
import { listTokens } from '../apps/vault/src/tokens/list-tokens.ts';
import { findToken, insertRecord } from '../apps/vault/src/tokens/token-store.ts';
import { explain } from './explain.ts';
import { attempt, audit, card, makeReady, TENANT } from './sample-card.ts';
import { startPostgres } from './postgres.ts';

const ROUNDS = 300;
const SIZES = [1e3, 1e5, 1e6];

/** The n-th of the rows that were there before: as long as an id of ours, and found again by its number. */
const nth = (n: number) => `tok_test_${String(n).padStart(28, '0')}`;

/** Ten tenants, one of which has half of everything; ten tokens a customer, three a card. */
const FILL = `
INSERT INTO tokens (tenant, token_id, mode, brand, networks, last4, exp_month, exp_year, cvc_collected,
  fingerprint, created_at, expires_at, customer)
SELECT CASE WHEN n % 2 = 0 THEN '${TENANT}' ELSE 'ten_' || repeat((n % 9)::text, 22) END,
  'tok_test_' || lpad(n::text, 28, '0'), 'test', 'visa', '{visa}', '4242', 12, 2030, false,
  'fp1_' || lpad((n / 6)::text, 26, '0'), now() - n * interval '1 second', NULL, 'c-' || n / 20
FROM generate_series($1::int, $2::int) n`;
const FILL_OTHERS = [
  `INSERT INTO cards SELECT tenant, token_id, decode(repeat('ab', 180), 'hex'), repeat('k', 22), 1 FROM tokens
   WHERE token_id BETWEEN $1 AND $2`,
  `INSERT INTO attempts SELECT tenant, right(token_id, 22), 1, decode(repeat('00', 32), 'hex'), token_id, NULL,
   NULL, now() + interval '30 minutes' FROM tokens WHERE token_id BETWEEN $1 AND $2`,
  `INSERT INTO audit_entries SELECT tenant, 'aud_' || right(token_id, 22), now(), 'key:AAAAAAAA', 'token.create',
   token_id, 'ok', 'https://shop.example', 'req_' || right(token_id, 22) FROM tokens
   WHERE token_id BETWEEN $1 AND $2`,
];
const PORTION = 50_000;

async function fill({ owner }: Database, from: number, to: number): Promise<void> {
  for (let start = from; start <= to; start += PORTION) {
    const end = Math.min(to, start + PORTION - 1);
    await owner.query(FILL, [start, end]);
    for (const text of FILL_OTHERS) await owner.query(text, [nth(start), nth(end)]);
  }
  await owner.script('ANALYZE');
}

type Act = (sql: ReturnType<Database['as']>, rows: number, round: number) => Promise<unknown>;

const by = {
  tenant: TENANT,
  mode: 'test',
  actor: 'key:x',
  requestId: 'req',
  address: null,
  now: new Date(),
} as const;
const listed = {
  tenant: TENANT,
  mode: 'test',
  after: undefined,
  limit: 20,
  now: new Date(),
} as const;
/** One of the tenant's own: the even ones. */
const some = (rows: number) => 2 * Math.ceil((Math.random() * rows) / 2);

const ACTS: Readonly<Record<string, Act>> = {
  async tokenize(sql) {
    await insertRecord(sql, attempt(), card(), audit());
  },
  'get a token': (sql, rows) => findToken(sql, TENANT, nth(some(rows)), new Date()),
  'list by fingerprint': (sql, rows) =>
    listTokens(sql, {
      ...listed,
      by: 'fingerprint',
      value: `fp1_${String(Math.floor(some(rows) / 6)).padStart(26, '0')}`,
    }),
  'list by customer': (sql, rows) =>
    listTokens(sql, { ...listed, by: 'customer', value: `c-${Math.floor(some(rows) / 20)}` }),
  'change a token': (sql, rows) => updateToken(sql, by, nth(some(rows)), { metadata: { a: 'b' } }),
  // From the top, where every size has rows of its own that are still there.
  'delete a token': (sql, rows, round) => deleteToken(sql, by, nth(rows - 2 * round)),
  'read a card': (sql, rows) =>
    sql.query(
      'SELECT envelope FROM cards WHERE tenant = $1 AND token_id = $2',
      [TENANT, nth(some(rows))],
      'scale-card',
    ),
};

async function median(act: Act, sql: ReturnType<Database['as']>, rows: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await act(sql, rows, round);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS / 2] ?? 0;
}

async function bytesOf({ owner }: Database): Promise<number> {
  const [row] = await owner.query(
    `SELECT sum(pg_total_relation_size(oid))::bigint AS bytes FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`,
  );
  return Number(row?.['bytes']);
}

/** Fills a database of its own step by step, and times each statement at each size. */
export async function scale(wanted: readonly number[]): Promise<void> {
  const postgres = await startPostgres();
  const database = openPostgres(postgres.url);
  await migrate(database.owner);
  await makeReady(database.owner);
  const sql = database.as('api', TENANT);
  const first = new Map<string, number>();
  let filled = 0;
  for (const rows of wanted.length > 0 ? wanted : SIZES) {
    await fill(database, filled + 1, rows);
    filled = rows;
    await database.owner.script('ANALYZE');
    const bytes = await bytesOf(database);
    console.log(
      `\n${rows.toLocaleString('en')} tokens, ${(bytes / rows).toFixed(0)} bytes each with all that belongs to it`,
    );
    for (const [name, act] of Object.entries(ACTS)) {
      const ms = await median(act, sql, rows);
      if (!first.has(name)) first.set(name, ms);
      console.log(
        `  ${name.padEnd(22)} ${ms.toFixed(2)} ms  ${(ms / (first.get(name) ?? ms)).toFixed(2)}x`,
      );
      const scope = { role: 'api', tenant: TENANT } as const;
      console.log(`    ${await explain(database, scope, (asked) => act(asked, rows, ROUNDS))}`);
    }
  }
  await database.close();
  await postgres.stop();
}
