import pg from 'pg';
import { type Database, plainRow, type Sql } from './sql.ts';

const RETRIED: ReadonlySet<unknown> = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

type Engine = Pick<pg.Pool | pg.PoolClient, 'query'>;

function sqlOver(engine: Engine): Sql {
  return {
    async query(text, values = [], name) {
      const statement = { text, values: [...values], ...(name === undefined ? {} : { name }) };
      const { rows } = await engine.query<object>(statement);
      return rows.map(plainRow);
    },
    async script(text) {
      await engine.query(text);
    },
  };
}

/**
 * A pool on a PostgreSQL 15 or newer.
 *
 * @param connectMs how long a query waits for a connection.
 */
export function openPostgres(url: string, connectMs = 5_000): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: connectMs,
    statement_timeout: 10_000,
    application_name: 'hushfield',
  });
  // An idle connection that breaks must not end the process; the next query reports it.
  pool.on('error', () => {});
  return {
    engine: 'postgres',
    ...sqlOver(pool),
    transaction: (work) => retried(() => inTransaction(pool, work)),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(sqlOver(client));
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    const broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    client.release(broken);
    throw error;
  }
}

/** Serialization failures and deadlocks are the database asking for the same work once more. */
async function retried<T>(work: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (attempt >= ATTEMPTS || !RETRIED.has(code)) throw error;
    return retried(work, attempt + 1);
  }
}
