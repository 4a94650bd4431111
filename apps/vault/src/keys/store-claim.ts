import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { createOnce } from './durable-file.ts';
import { findStored } from './stored.ts';
import { dataKeysIn } from './tenant-files.ts';

const FILE = 'store-id';
const ID = /^[\w-]{22}$/;

const FACTS = `
SELECT (SELECT store_id FROM key_store) AS known, k.tenant, k.data_key_id AS "dataKey"
FROM (SELECT 1) AS one LEFT JOIN some_data_key() AS k ON true`;
const Facts = z.object({
  known: z.string().nullable(),
  tenant: z.string().nullable(),
  dataKey: z.string().nullable(),
});
type Facts = z.infer<typeof Facts>;

/**
 * Holds a folder against the database, before anything is read from it or written to it: both name the
 * same store, by a random id that each was given when they first met. A volume that is not mounted, or a
 * mistyped path, is an empty folder; filled with new keys it would know no API key and no card of
 * anybody's, and sign lists under another root than the frames have been told of.
 *
 * A database and a store of before ids are joined at their next start, if the store has the database's
 * data keys.
 *
 * @param claims - whether this is a start, and may join the two.
 * @returns whether nothing was sealed yet, so that keys which are not there were never made.
 * @throws StartError for a folder that is not the one of this database.
 */
export async function claimStore(sql: Sql, folder: string, claims: boolean): Promise<boolean> {
  const facts = await factsOf(sql);
  const found = storeIdIn(folder);
  if (facts.known !== null && facts.known !== found) refuse(folder, found);
  if (facts.known === null && !holdsDataKey(folder, facts)) refuse(folder, found);
  if (facts.known === null && claims) await joinThem(sql, folder);
  return facts.dataKey === null;
}

/** Whether a database has no store yet, and nothing that is sealed under one. */
export async function hasNoStore(sql: Sql): Promise<boolean> {
  const { known, dataKey } = await factsOf(sql);
  return known === null && dataKey === null;
}

async function factsOf(sql: Sql): Promise<Facts> {
  const [row] = await sql.query(FACTS);
  return Facts.parse(row);
}

/** Whoever is first in the database stays: of two folders, the other is refused while it is empty still. */
async function joinThem(sql: Sql, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  createOnce(join(folder, FILE), Buffer.from(randomBytes(16).toString('base64url')));
  const own = storeIdIn(folder);
  await sql.query('INSERT INTO key_store (store_id) VALUES ($1) ON CONFLICT DO NOTHING', [own]);
  if ((await factsOf(sql)).known !== own) refuse(folder, own);
}

function storeIdIn(folder: string): string | undefined {
  const bytes = findStored(join(folder, FILE));
  const text = bytes && Buffer.from(bytes).toString('latin1');
  return text !== undefined && ID.test(text) ? text : undefined;
}

function holdsDataKey(folder: string, { tenant, dataKey }: Facts): boolean {
  if (tenant === null || dataKey === null) return true;
  return dataKeysIn(folder, tenant).some(({ id }) => id === dataKey);
}

function refuse(folder: string, found: string | undefined): never {
  const which = found === undefined ? 'is empty or of no deployment' : 'is of another deployment';
  throw new StartError(
    `The key store ${folder} ${which}, and the database has one already: check KEY_STORE_DIR, and that its volume is mounted. Nothing was written.`,
  );
}
