import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

const Stored = z.object({
  size: z.coerce.number().int(),
  note: z.string(),
  created_at: z.date(),
});

/** A signed state of the log, as the database has it: to be verified before it is believed. */
export type StoredCheckpoint = {
  readonly size: number;
  readonly note: string;
  readonly createdAt: Date;
};

function checkpointOf(row: unknown): StoredCheckpoint {
  const { size, note, created_at } = Stored.parse(row);
  return { size, note, createdAt: created_at };
}

/** All signed states, each with its epoch. Those of the first have a table of their own: there was no other once. */
export const STATES = `(
  SELECT 0::bigint AS epoch, size, note, created_at FROM audit_checkpoints
  UNION ALL SELECT epoch, size, note, created_at FROM audit_epoch_checkpoints)`;

/** The newest of an epoch. */
export async function latestCheckpoint(
  sql: Sql,
  epoch: number,
): Promise<StoredCheckpoint | undefined> {
  const [row] = await sql.query(
    `SELECT size, note, created_at FROM ${STATES} AS states WHERE epoch = $1 ORDER BY size DESC LIMIT 1`,
    [epoch],
  );
  return row === undefined ? undefined : checkpointOf(row);
}

/** Those of an epoch, of a size and later, in their order. */
export async function checkpointsFrom(
  sql: Sql,
  epoch: number,
  size: number,
  most: number,
): Promise<StoredCheckpoint[]> {
  const rows = await sql.query(
    `SELECT size, note, created_at FROM ${STATES} AS states
     WHERE epoch = $1 AND size >= $2 ORDER BY size LIMIT $3`,
    [epoch, size, most],
  );
  return rows.map(checkpointOf);
}

/** Adds one, of an epoch. For whoever has the log locked. */
export async function storeCheckpoint(
  sql: Sql,
  epoch: number,
  { size, note, createdAt }: StoredCheckpoint,
): Promise<void> {
  const isFirst = epoch === 0;
  await sql.query(
    isFirst
      ? 'INSERT INTO audit_checkpoints (size, note, created_at) VALUES ($1, $2, $3)'
      : 'INSERT INTO audit_epoch_checkpoints (size, note, created_at, epoch) VALUES ($1, $2, $3, $4)',
    [size, note, createdAt, ...(isFirst ? [] : [epoch])],
  );
}
