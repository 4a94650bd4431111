import * as z from 'zod';
import { columnsOf } from '../db/columns.ts';
import type { Sql } from '../db/sql.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';

const Row = z.object({
  destination_id: z.string(),
  mode: z.enum(['test', 'live']),
  envelope: z.instanceof(Uint8Array),
  created_at: z.date(),
  updated_at: z.date(),
  disabled_at: z.date().nullable(),
});
/** A destination as stored. */
export type DestinationRow = z.infer<typeof Row>;
type Whose = { readonly tenant: string; readonly mode: 'test' | 'live' };
type Envelope = { readonly envelope: Uint8Array; readonly dataKeyId: string };

const MOST = 100;

/** False when there are as many as there may be. Of two who ask at once, the second counts what the first has made. */
export async function hasRoom(sql: Sql, tenant: string): Promise<boolean> {
  await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 29))', [tenant]);
  const rows = await sql.query(
    `SELECT FROM destinations WHERE tenant = $1 OFFSET ${MOST - 1} LIMIT 1`,
    [tenant],
  );
  return rows.length === 0;
}

/** False when the data key was retired meanwhile. */
export async function insertDestination(
  sql: Sql,
  tenant: string,
  row: Omit<DestinationRow, 'envelope'> & Envelope,
): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO destinations (tenant, destination_id, mode, envelope, data_key_id, created_at, updated_at)
     SELECT $1, $2, $3, $4::bytea, $5, $6::timestamptz, $7::timestamptz
     WHERE ${KEYS_IN_FORCE('$1', '$5')}
     RETURNING destination_id`,
    [
      ...[tenant, row.destination_id, row.mode, row.envelope, row.dataKeyId],
      ...[row.created_at, row.updated_at],
    ],
    'insert-destination',
  );
  return rows.length === 1;
}

/** One of a tenant's, disabled ones too; another's, and one of the other mode, is as none. */
export async function findDestination(
  sql: Sql,
  { tenant, mode }: Whose,
  id: string,
): Promise<DestinationRow | undefined> {
  const [row] = await sql.query(
    `SELECT ${columnsOf(Row)} FROM destinations WHERE tenant = $1 AND mode = $2 AND destination_id = $3`,
    [tenant, mode, id],
    'find-destination',
  );
  return row && Row.parse(row);
}

/** All of a tenant's, newest first. */
export async function listDestinations(
  sql: Sql,
  { tenant, mode }: Whose,
): Promise<DestinationRow[]> {
  const rows = await sql.query(
    `SELECT ${columnsOf(Row)} FROM destinations WHERE tenant = $1 AND mode = $2
     ORDER BY created_at DESC, destination_id`,
    [tenant, mode],
    'list-destinations',
  );
  return rows.map((row) => Row.parse(row));
}

export type DestinationChange = {
  readonly disabled: boolean | undefined;
  readonly sealed: Envelope | undefined;
  /** The envelope that the new one was made from: nobody's change is undone. */
  readonly was: Uint8Array;
};

/** Nothing when it is not there, was changed meanwhile, or the data key was retired. */
export async function updateDestination(
  sql: Sql,
  { tenant, mode }: Whose,
  id: string,
  { disabled, sealed, was }: DestinationChange,
  at: Date,
): Promise<DestinationRow | undefined> {
  const [row] = await sql.query(
    `UPDATE destinations SET updated_at = $4,
       disabled_at = CASE WHEN $5::boolean THEN coalesce(disabled_at, $4) WHEN NOT $5 THEN NULL ELSE disabled_at END,
       envelope = coalesce($6::bytea, envelope), data_key_id = coalesce($7, data_key_id)
     WHERE tenant = $1 AND mode = $2 AND destination_id = $3 AND ($6::bytea IS NULL OR envelope = $8::bytea)
       AND ($7::text IS NULL OR ${KEYS_IN_FORCE('$1', '$7')})
     RETURNING ${columnsOf(Row)}`,
    [
      ...[tenant, mode, id, at, disabled ?? null],
      ...[sealed?.envelope ?? null, sealed?.dataKeyId ?? null, was],
    ],
    'update-destination',
  );
  return row && Row.parse(row);
}

export async function deleteDestination(
  sql: Sql,
  { tenant, mode }: Whose,
  id: string,
): Promise<boolean> {
  const rows = await sql.query(
    'DELETE FROM destinations WHERE tenant = $1 AND mode = $2 AND destination_id = $3 RETURNING destination_id',
    [tenant, mode, id],
    'delete-destination',
  );
  return rows.length === 1;
}
