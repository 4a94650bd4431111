import { ManifestBundle } from '@hushfield/contract/http';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

// Longer than any cache may hold a manifest, so that no honest frame meets one that it must refuse.
const CACHED_MS = 120_000;
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

const ManifestRow = z.object({ seq: z.int(), bundle: z.string(), created_at: z.date() });
const SeqRow = z.object({ seq: z.int().nullable() });

export type StoredManifest = {
  readonly seq: number;
  readonly bundle: ManifestBundle;
  readonly createdAt: Date;
};

/** One that documents may be made to insist on at once. */
export type NewManifest = StoredManifest & { readonly urgent: boolean };

/** The newest manifest, or nothing before the worker's first round. */
export async function latestManifest(sql: Sql): Promise<StoredManifest | undefined> {
  const [row] = await sql.query(
    'SELECT seq, bundle, created_at FROM manifests ORDER BY seq DESC LIMIT 1',
    [],
    'latest-manifest',
  );
  if (row === undefined) return undefined;
  const { seq, bundle, created_at } = ManifestRow.parse(row);
  return { seq, bundle: ManifestBundle.parse(JSON.parse(bundle)), createdAt: created_at };
}

export async function insertManifest(sql: Sql, manifest: NewManifest): Promise<void> {
  const { seq, bundle, createdAt, urgent } = manifest;
  await sql.query(
    'INSERT INTO manifests (seq, bundle, created_at, urgent) VALUES ($1, $2, $3, $4)',
    [seq, JSON.stringify(bundle), createdAt, urgent],
  );
  await sql.query('DELETE FROM manifests WHERE created_at < $1 AND seq < $2', [
    new Date(createdAt.getTime() - KEPT_MS),
    seq,
  ]);
}

/**
 * The lowest sequence number a document written now may insist on: of what no cache can be older than,
 * or of the last that had to be taken at once.
 */
export async function lowestAcceptedSeq(sql: Sql, now: number): Promise<number> {
  const [row] = await sql.query(
    `SELECT coalesce(max(seq) FILTER (WHERE created_at <= $1 OR urgent), min(seq)) AS seq
     FROM manifests`,
    [new Date(now - CACHED_MS)],
    'lowest-accepted-seq',
  );
  return SeqRow.parse(row).seq ?? 0;
}
