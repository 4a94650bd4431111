import {
  EMPTY_ROOT,
  Frontier,
  joinNodes,
  type Range,
  type TreeNode,
  wholeNodes,
} from '@hushfield/crypto/tlog';
import * as z from 'zod';
import type { Sql } from '../db/sql.ts';
import { grown } from './grown.ts';
import { LogChanged } from './log-changed.ts';
import type { LoggedEntry } from './leaf-text.ts';

const NODES = `
SELECT n.hash FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS w (level, position, ord)
LEFT JOIN audit_nodes n ON n.level = w.level AND n.position = w.position
ORDER BY w.ord`;
const Node = z.object({ hash: z.instanceof(Uint8Array) });
const MaybeNode = z.object({ hash: z.instanceof(Uint8Array).nullable() });

const PAGE = 10_000;

/** A part of the tree is not in the database: nobody can go on from it, or prove anything by it. */
export class TreeBroken extends LogChanged {}

/** What is stored of whole subtrees, in the order asked for; null for one that is not there. */
export async function storedHashes(
  sql: Sql,
  nodes: readonly TreeNode[],
): Promise<(Uint8Array | null)[]> {
  if (nodes.length === 0) return [];
  const levels = nodes.map(({ level }) => level);
  const rows = await sql.query(NODES, [levels, nodes.map(({ index }) => index)]);
  return rows.map((row) => MaybeNode.parse(row).hash);
}

/**
 * The same where all must be there.
 *
 * @throws TreeBroken when one is not.
 */
async function nodeHashes(sql: Sql, nodes: readonly TreeNode[]): Promise<Uint8Array[]> {
  return (await storedHashes(sql, nodes)).map((hash, at) => {
    if (hash !== null) return hash;
    throw new TreeBroken(`the tree has no node ${nodes[at]?.level}/${nodes[at]?.index}`);
  });
}

/** The right edge of the tree at a size, to go on from. */
export async function frontierAt(sql: Sql, size: number): Promise<Frontier> {
  return new Frontier(size, await nodeHashes(sql, wholeNodes({ begin: 0, end: size })));
}

export async function rootAt(sql: Sql, size: number): Promise<Uint8Array> {
  return size === 0 ? EMPTY_ROOT : (await frontierAt(sql, size)).root;
}

const LEAVES = `
SELECT hash FROM audit_nodes WHERE level = 0 AND position >= $1 AND position < $2 ORDER BY position`;

/**
 * The hashes of entries, one after the other.
 *
 * @throws TreeBroken when one is not there.
 */
export async function leavesOf(sql: Sql, from: number, to: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let at = from; at < to; at += PAGE) {
    const end = Math.min(at + PAGE, to);
    const rows = await sql.query(LEAVES, [at, end]);
    if (rows.length !== end - at)
      throw new TreeBroken(`the hashes from ${at} to ${end} are not whole`);
    parts.push(...rows.map((row) => Node.parse(row).hash));
  }
  return Buffer.concat(parts);
}

/**
 * The log at a size, grown in memory from what we know ourselves: entry by entry, and by no hash above them
 * that is stored. The edge that is stored must be the one that this makes.
 *
 * @param known - states of the log, each of our own, in any order: the largest is gone on from.
 * @throws LogChanged when the log in the database does not go on from it.
 */
export async function grownFrom(
  sql: Sql,
  known: readonly Frontier[],
  size: number,
): Promise<Frontier> {
  const base = known.reduce(
    (largest, each) => (each.size > largest.size ? each : largest),
    new Frontier(),
  );
  if (size < base.size)
    throw new LogChanged(
      `the database has a log of ${size} entries, and ${base.size} are known here`,
    );
  const log = grown(base, await leavesOf(sql, base.size, size));
  if (!Buffer.from(await rootAt(sql, size)).equals(log.root))
    throw new LogChanged(
      `the database has other entries than the ${base.size} that are known here`,
    );
  return log;
}

/** The hashes that a proof consists of. */
export async function hashesOf(sql: Sql, path: readonly Range[]): Promise<Uint8Array[]> {
  const parts = path.map(wholeNodes);
  const all = await nodeHashes(sql, parts.flat());
  return parts.map((part) => joinNodes(all.splice(0, part.length)));
}

const APPEND = `
WITH leaves AS (
  INSERT INTO audit_leaves (leaf_index, tenant, entry_id, resource)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])),
nodes AS (
  INSERT INTO audit_nodes (level, position, hash)
  SELECT * FROM unnest($5::smallint[], $6::bigint[], $7::bytea[]))
UPDATE audit_head SET size = $8`;

/** Gives entries the next places, and grows the tree by them. For whoever holds the turn. */
export async function appendEntries(
  sql: Sql,
  frontier: Frontier,
  entries: readonly (LoggedEntry & { readonly hash: Uint8Array })[],
): Promise<void> {
  const first = frontier.size;
  const nodes = entries.flatMap(({ hash }) => frontier.append(hash));
  await sql.query(APPEND, [
    entries.map((_entry, at) => first + at),
    entries.map(({ tenant }) => tenant),
    entries.map(({ entryId }) => entryId),
    entries.map(({ resource }) => resource),
    nodes.map(({ level }) => level),
    nodes.map(({ index }) => index),
    nodes.map(({ hash }) => Buffer.from(hash)),
    frontier.size,
  ]);
}
