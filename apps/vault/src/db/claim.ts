import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Database, Scope, Sql } from './sql.ts';

const ROTATOR: Scope = { role: 'rotator' };
/** Longer than any statement may take, so that nobody loses a claim while the database is slow. */
const HELD = "interval '15 seconds'";
const PAUSE_MS = 250;

const CLAIM = `
INSERT INTO claims (work, owner, until) VALUES ($1, $2, clock_timestamp() + ${HELD})
ON CONFLICT DO NOTHING RETURNING work`;
// A row that is locked is of somebody who is at work just now.
const TAKE_OVER = `
UPDATE claims SET owner = $2, until = clock_timestamp() + ${HELD}
WHERE work = (SELECT work FROM claims WHERE work = $1 AND until < clock_timestamp() FOR UPDATE SKIP LOCKED)
RETURNING work`;
const SEIZE = `
INSERT INTO claims (work, owner, until) VALUES ($1, $2, clock_timestamp() + ${HELD})
ON CONFLICT (work) DO UPDATE SET owner = EXCLUDED.owner, until = EXCLUDED.until RETURNING work`;
const RENEW = `
UPDATE claims SET until = clock_timestamp() + ${HELD} WHERE work = $1 AND owner = $2 RETURNING work`;
const LOOK = 'SELECT owner, until FROM claims WHERE work = $1';

const Held = z.object({ owner: z.string(), until: z.date() });

/** Somebody else does the same work just now, or has taken it over. */
export class ClaimedElsewhere extends StartError {}

/** Work that is ours alone for as long as its transactions go through here. */
export type Claim = {
  /**
   * A transaction of the rotator's in which nobody takes the work over.
   *
   * @throws ClaimedElsewhere when somebody did before.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Says that we live, where there is nothing to write. */
  renew(): Promise<void>;
};

/**
 * Does work that only one may do at a time. Whoever finds it claimed looks on until the claim was renewed,
 * which shows that its owner lives, or has run out, which a killed one's does within fifteen seconds.
 *
 * @param name - of the work, as the operator reads it.
 * @throws ClaimedElsewhere when somebody else is at it.
 */
export async function claimed<T>(
  database: Database,
  name: string,
  work: (claim: Claim) => Promise<T>,
): Promise<T> {
  return holding(database, name, work, (owner) => take(database, name, owner));
}

/** The same, taking the work out of the hands of whoever is at it: no transaction of theirs comes after. */
export async function seized<T>(
  database: Database,
  name: string,
  work: (claim: Claim) => Promise<T>,
): Promise<T> {
  return holding(database, name, work, async (owner) => {
    await database.as('rotator').query(SEIZE, [name, owner]);
  });
}

async function holding<T>(
  database: Database,
  name: string,
  work: (claim: Claim) => Promise<T>,
  get: (owner: string) => Promise<void>,
): Promise<T> {
  const owner = randomUUID();
  await get(owner);
  const renew = async (sql: Sql) => {
    if ((await sql.query(RENEW, [name, owner])).length === 0) refuse(name);
  };
  const claim: Claim = {
    transaction: (inside) =>
      database.transaction(ROTATOR, async (sql) => {
        await renew(sql);
        return inside(sql);
      }),
    renew: () => renew(database.as('rotator')),
  };
  try {
    return await work(claim);
  } finally {
    const text = 'DELETE FROM claims WHERE work = $1 AND owner = $2';
    // When the database is away, the claim runs out by itself.
    await database
      .as('rotator')
      .query(text, [name, owner])
      .catch(() => {});
  }
}

async function take(database: Database, name: string, owner: string): Promise<void> {
  const sql = database.as('rotator');
  for (let seen: z.infer<typeof Held> | undefined; ; await sleep(PAUSE_MS)) {
    if ((await sql.query(CLAIM, [name, owner])).length > 0) return;
    if ((await sql.query(TAKE_OVER, [name, owner])).length > 0) return;
    const [row] = await sql.query(LOOK, [name]);
    if (row === undefined) continue;
    const held = Held.parse(row);
    const renewed = seen?.owner === held.owner && held.until > seen.until;
    if (renewed) refuse(name);
    seen = held;
  }
}

function refuse(name: string): never {
  throw new ClaimedElsewhere(`Somebody else is at work on the ${name}; run it again later.`);
}
