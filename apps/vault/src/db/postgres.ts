import type { Writable } from 'node:stream';
import pg from 'pg';
import { type Database, entering, type Owner, plainRow, type Row, type Scope } from './sql.ts';

const RETRIED: ReadonlySet<unknown> = new Set(['40001', '40P01']);
const ATTEMPTS = 3;
/** Connections of a process. */
const MOST = 10;
/** What connections are called; those of a node have its name behind a slash. */
const COMMANDS = 'hushfield';
/** The routine of the server that finds the shape of a prepared statement's result changed; it has no code of its own. */
const STALE = 'RevalidateCachedQuery';

type Engine = Pick<pg.Pool | pg.PoolClient, 'query'>;
/** Part of the name of every prepared statement, so that all connections prepare them anew at once. */
type Prepared = { generation: number };
type Statement = { readonly text: string; readonly values: unknown[]; readonly name?: string };

/** How long is waited, in milliseconds. */
export type Patience = {
  /** For a connection. */
  readonly connectMs: number;
  /** For an answer. Longer than the server lets a statement run: only a silent one lets it come to that. */
  readonly answerMs: number;
};
const PATIENCE: Patience = { connectMs: 5_000, answerMs: 15_000 };

/**
 * A pool on a PostgreSQL 15 or newer.
 *
 * @param node - the machine that serves through it, which `doctor` counts; nothing for a command.
 */
export function openPostgres(
  url: string,
  patience: Partial<Patience> = {},
  node?: string,
): Database {
  const { connectMs, answerMs } = { ...PATIENCE, ...patience };
  const pool = new pg.Pool({
    connectionString: url,
    max: MOST,
    connectionTimeoutMillis: connectMs,
    // An idle connection to a host that is gone is found out.
    keepAlive: true,
    statement_timeout: 10_000,
    // One stays open, so that a node which has nothing to do is seen.
    ...(node === undefined
      ? { application_name: COMMANDS }
      : { application_name: `${COMMANDS}/${node}`, min: 1 }),
    // Statements are sent without waiting for the answers to those before.
    pipeline: true,
  });
  // A connection that breaks must not end the process: whoever waits for it, or asks next, hears of it.
  // The pool listens only while it is idle.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const prepared: Prepared = { generation: 0 };
  return {
    engine: 'postgres',
    as: (role, tenant) => {
      const begin = `BEGIN; ${entering({ role, tenant })}`;
      return {
        query: (text, values, name) =>
          retried(prepared, () =>
            atOnce(pool, begin, statementOf(prepared, text, values, name), answerMs),
          ),
      };
    },
    transaction: (scope, work) =>
      retried(prepared, () =>
        inTransaction(
          pool,
          scope,
          (client) => work(ownerOver(client, prepared, answerMs)),
          answerMs,
        ),
      ),
    // Migrations are the owner's, and take the time they need.
    owner: {
      ...ownerOver(pool, prepared),
      transaction: (work) =>
        inTransaction(pool, undefined, (client) => work(ownerOver(client, prepared))),
    },
    pool: () => ({
      open: pool.totalCount,
      idle: pool.idleCount,
      most: MOST,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  };
}

function ownerOver(
  engine: Engine,
  prepared: Prepared,
  answerMs?: number,
): Omit<Owner, 'transaction'> {
  return {
    async query(text, values, name) {
      const statement = bounded(statementOf(prepared, text, values, name), answerMs);
      const { rows } = await engine.query<object>(statement);
      return rows.map(plainRow);
    },
    async script(text) {
      await engine.query(text);
    },
  };
}

function statementOf(
  { generation }: Prepared,
  text: string,
  values: readonly unknown[] = [],
  name?: string,
): Statement {
  const named = name === undefined ? {} : { name: `${name}/${generation}` };
  return { text, values: [...values], ...named };
}

/** With a deadline of the driver's, which then gives the connection up, and all that waits on it. */
function bounded<T extends object>(statement: T, answerMs: number | undefined): T {
  return answerMs === undefined ? statement : { ...statement, query_timeout: answerMs };
}

/** Begin, one statement and commit in one go: when one fails, the server refuses those after it. */
async function atOnce(
  pool: pg.Pool,
  begin: string,
  statement: Statement,
  answerMs: number,
): Promise<readonly Row[]> {
  const client = await pool.connect();
  const sent = inOnePiece(
    client,
    () =>
      [
        client.query(begin),
        client.query<object>(statement),
        client.query(bounded({ text: 'COMMIT' }, answerMs)),
      ] as const,
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
  answerMs?: number,
): Promise<T> {
  const text = scope === undefined ? 'BEGIN' : `BEGIN; ${entering(scope)}`;
  const client = await pool.connect();
  try {
    await client.query(bounded({ text }, answerMs));
    const result = await work(client);
    const { command } = await client.query(bounded({ text: 'COMMIT' }, answerMs));
    // The server answers ROLLBACK, and no error, where a statement has failed and `work` went on.
    if (command !== 'COMMIT')
      throw new Error('the transaction was rolled back: a statement failed');
    client.release();
    return result;
  } catch (error) {
    const broken = await client.query(bounded({ text: 'ROLLBACK' }, answerMs)).then(
      () => false,
      () => true,
    );
    client.release(broken);
    throw error;
  }
}

/**
 * Codes after which the server hangs up, or may have lost its mind: connection and login, shutdown, time
 * limits of sessions, system and internal errors (PostgreSQL, appendix A).
 */
const ENDING = /^(?:08|28|57P|58|XX|25P0[34]$|53300$)/;

/**
 * The server has said no, and goes on; after anything else the connection cannot be used again. Told by the
 * code: the severity comes in the language of the server.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && !ENDING.test(error.code);
}

/**
 * Serialization failures and deadlocks are the database asking for the same work once more. So is a
 * prepared statement whose table has changed under it, by a migration while this node serves.
 */
async function retried<T>(prepared: Prepared, work: () => Promise<T>, attempt = 1): Promise<T> {
  const { generation } = prepared;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || attempt >= ATTEMPTS) throw error;
    if (error.routine === STALE)
      prepared.generation = Math.max(prepared.generation, generation + 1);
    else if (!RETRIED.has(error.code)) throw error;
    return retried(prepared, work, attempt + 1);
  }
}
