import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { type Database, entering, type Owner, plainRow, type Scope, type Sql } from './sql.ts';
import { takeLock } from './lock.ts';

type Engine = Pick<PGlite | Transaction, 'query' | 'exec'>;

function ownerOver(engine: Engine): Omit<Owner, 'transaction'> {
  return {
    async query(text, values = []) {
      const { rows } = await engine.query<object>(text, [...values]);
      return rows.map(plainRow);
    },
    async script(text) {
      await engine.exec(text);
    },
  };
}

/**
 * The embedded database of a sandbox. It has no lock on its folder, and two processes in it corrupt
 * it silently: ours stands in front of it.
 *
 * @throws StartError when another process holds the folder.
 */
export async function openEmbedded(dataDir: string): Promise<Database> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = takeLock(join(dataDir, 'db.lock'));
  try {
    return embeddedOver(await PGlite.create(join(dataDir, 'db')), () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @param closed runs after the engine has let go of its files. */
export function embeddedOver(engine: PGlite, closed: () => void = () => {}): Database {
  const inside = <T>(scope: Scope, work: (sql: Sql) => Promise<T>): Promise<T> =>
    engine.transaction(async (open) => {
      await open.exec(entering(scope));
      return work(ownerOver(open));
    });
  return {
    engine: 'embedded',
    as: (role, tenant) => ({
      query: (text, values) => inside({ role, tenant }, (sql) => sql.query(text, values)),
    }),
    transaction: inside,
    owner: {
      ...ownerOver(engine),
      transaction: (work) => engine.transaction((open) => work(ownerOver(open))),
    },
    async close() {
      await engine.close();
      closed();
    },
  };
}
