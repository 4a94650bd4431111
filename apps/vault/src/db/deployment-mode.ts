import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Database, Owner, Role, Sql } from './sql.ts';

type Mode = 'test' | 'live';
const Row = z.object({ mode: z.enum(['test', 'live']) });

/**
 * Makes a new database one of this mode, for good. Test cards in a live database, or cards of shoppers
 * in a sandbox, would be told from the others by nobody.
 *
 * @throws StartError for a database of the other mode.
 */
export async function claimMode(owner: Owner, mode: Mode): Promise<void> {
  await owner.query('INSERT INTO deployment (mode) VALUES ($1) ON CONFLICT DO NOTHING', [mode]);
  insist(await modeOf(owner), mode);
}

/**
 * The same before there is anything to claim: migrates no database of the other mode.
 *
 * @throws StartError for a database of the other mode.
 */
export async function refuseOtherMode(owner: Owner, mode: Mode): Promise<void> {
  const [row] = await owner.query("SELECT to_regclass('deployment') IS NOT NULL AS there");
  if (row?.there === true) insist((await modeOf(owner)) ?? mode, mode);
}

/**
 * @param role - one that this process may take on.
 * @throws StartError for a database of the other mode, or of none yet.
 */
export async function requireMode(database: Database, role: Role, mode: Mode): Promise<void> {
  insist(await modeOf(database.as(role)), mode);
}

async function modeOf(sql: Sql): Promise<Mode | undefined> {
  const [row] = await sql.query('SELECT mode FROM deployment');
  return row === undefined ? undefined : Row.parse(row).mode;
}

function insist(found: Mode | undefined, wanted: Mode): void {
  if (found === undefined)
    throw new StartError('The database is of no mode yet; run: hushfield migrate');
  if (found !== wanted)
    throw new StartError(
      `The database is of a ${found} deployment, and MODE is ${wanted}: the two never share one. Set DATABASE_URL to another.`,
    );
}
