import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { type Database, plainRow, type Sql } from './sql.ts';
import { takeLock } from './lock.ts';

type Engine = Pick<PGlite | Transaction, 'query' | 'exec'>;

function sqlOver(engine: Engine): Sql {
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
  return {
    engine: 'embedded',
    ...sqlOver(engine),
    transaction: (work) => engine.transaction((open) => work(sqlOver(open))),
    async close() {
      await engine.close();
      closed();
    },
  };
}
