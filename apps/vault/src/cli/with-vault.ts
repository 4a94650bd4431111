import { assemble } from '../assemble.ts';
import { type Config, readConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { requireMode } from '../db/deployment-mode.ts';
import { requireCurrent } from '../db/migrate.ts';
import type { Database } from '../db/sql.ts';
import { closeKeys } from '../keys/forget-keys.ts';
import { COMMAND } from '../role.ts';
import type { Vault } from '../vault.ts';
import type { Desk } from './command.ts';

/** Opens the database for one command, and closes it whatever happens. */
export async function withDatabase<T>(
  { environment }: Desk,
  work: (sql: Database, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(environment);
  const sql = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    return await work(sql, config);
  } finally {
    await sql.close();
  }
}

/**
 * Opens database and keys for one command.
 *
 * @throws StartError when the database has not been migrated, since a command changes no schema by the
 * way; or is of the other mode.
 */
export async function withVault<T>(
  desk: Desk,
  work: (vault: Vault, config: Config) => Promise<T>,
): Promise<T> {
  return withDatabase(desk, async (sql, config) => {
    await requireCurrent(sql, 'admin');
    await requireMode(sql, 'admin', config.mode);
    const { now, steady, log } = desk;
    const vault = await assemble(config, { sql, now, steady, log }, COMMAND);
    try {
      return await work(vault, config);
    } finally {
      closeKeys(vault);
    }
  });
}
