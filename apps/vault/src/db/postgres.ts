import type { Writable } from 'node:stream';
import pg from 'pg';
import { type Database, entering, type Owner, plainRow, type Row, type Scope } from './sql.ts';

const RETRIED: ReadonlySet<unknown> = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

type Engine = Pick<pg.Pool | pg.PoolClient, 'query'>;
type Statement = { readonly text: string; readonly values: unknown[]; readonly name?: string };

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
    // Statements are sent without waiting for the answers to those before.
    pipeline: true,
  });
  // An idle connection that breaks must not end the process; the next query reports it.
  pool.on('error', () => {});
  return {
    engine: 'postgres',
    as: (role, tenant) => {
      const begin = `BEGIN; ${entering({ role, tenant })}`;
      return {
        query: (text, values, name) =>
          retried(() => atOnce(pool, begin, statementOf(text, values, name))),
      };
    },
    transaction: (scope, work) =>
      retried(() => inTransaction(pool, scope, (client) => work(ownerOver(client)))),
    owner: {
      ...ownerOver(pool),
      transaction: (work) => inTransaction(pool, undefined, (client) => work(ownerOver(client))),
    },
    close: () => pool.end(),
  };
}

function ownerOver(engine: Engine): Omit<Owner, 'transaction'> {
  return {
    async query(text, values, name) {
      const { rows } = await engine.query<object>(statementOf(text, values, name));
      return rows.map(plainRow);
    },
    async script(text) {
      await engine.query(text);
    },
  };
}

function statementOf(text: string, values: readonly unknown[] = [], name?: string): Statement {
  return { text, values: [...values], ...(name === undefined ? {} : { name }) };
}

/** Begin, one statement and commit in one go: when one fails, the server refuses those after it. */
async function atOnce(pool: pg.Pool, begin: string, statement: Statement): Promise<readonly Row[]> {
  const client = await pool.connect();
  const sent = inOnePiece(
    client,
    () => [client.query(begin), client.query<object>(statement), client.query('COMMIT')] as const,
  );
  const outcomes = await Promise.allSettled(sent);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  client.release(failed !== undefined && !isRefusal(failed.reason));
  if (failed !== undefined) throw failed.reason;
  const { rows } = await sent[1];
  return rows.map(plainRow);
}

/** What the driver holds of its socket; not among its types. */
type Wire = { readonly connection: { readonly stream: Writable } };

/** Hands the system one write instead of three, which were a fifth of what a request costs. */
function inOnePiece<T>(client: pg.PoolClient, send: () => T): T {
  const { stream } = (client as pg.PoolClient & Wire).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

async function inTransaction<T>(
  pool: pg.Pool,
  scope: Scope | undefined,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const begin = scope === undefined ? 'BEGIN' : `BEGIN; ${entering(scope)}`;
  const client = await pool.connect();
  try {
    await client.query(begin);
    const result = await work(client);
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

/** The server has said no, and goes on; after anything else the connection cannot be used again. */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR';
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
