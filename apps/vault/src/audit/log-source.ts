import * as z from 'zod';
import type { NewNode } from '@hushfield/crypto/tlog';
import type { Sql } from '../db/sql.ts';
import { checkpointsFrom } from './checkpoint-store.ts';
import { MOST_ENTRIES, sizeIn } from './in-reach.ts';
import { LOGGED_COLUMNS, LoggedEntry } from './leaf-text.ts';
import { storedHashes } from './tree-store.ts';

const PAGE = 2_000;

/** One place of the log: the entry that stands there, and what is stored beside it. */
export type Place = {
  readonly index: number;
  /** Nothing when it is gone. */
  readonly entry: LoggedEntry | undefined;
  /** Under which resource it is found; nothing in an export, which has entries alone. */
  readonly listed: string | undefined;
};

/** Where a log is read from: the database, or an export of it. */
export type LogSource = {
  /** All places in their order, a page at a time. */
  places(): AsyncIterable<readonly Place[]>;
  /** Signed states, in their order. */
  notes(): AsyncIterable<{ readonly size: number; readonly note: string }>;
  /** How many places there have to be. */
  readonly size: number;
  /** How many the largest signed state is said to cover. */
  readonly signed: number;
  /** Whether the stored subtrees are those that the entries make. */
  wrongNode?(nodes: readonly NewNode[]): Promise<NewNode | undefined>;
};

const PLACES = `
SELECT l.leaf_index AS index, l.resource AS listed, e.entry_id IS NOT NULL AS there, ${LOGGED_COLUMNS}
FROM audit_leaves l LEFT JOIN audit_entries e ON e.tenant = l.tenant AND e.entry_id = l.entry_id
WHERE l.leaf_index >= $1 AND l.leaf_index < $2 ORDER BY l.leaf_index LIMIT ${PAGE}`;
const PlaceRow = z.object({
  index: z.coerce.number().int(),
  listed: z.string(),
  there: z.boolean(),
});

// In one statement: beside a vault that serves, both grow.
const SIZES = `
SELECT ${sizeIn('size')} AS size,
  ${sizeIn('coalesce((SELECT max(size) FROM audit_checkpoints), 0)')} AS signed
FROM audit_head`;
const Sizes = z.object({ size: z.coerce.number().int(), signed: z.coerce.number().int() });

/** The log as the database has it, up to where it is now. */
export async function databaseLog(sql: Sql): Promise<LogSource> {
  const [row] = await sql.query(SIZES);
  const { size, signed } = Sizes.parse(row);
  return {
    ...{ size, signed },
    async *places() {
      for (let from = 0; from < size; ) {
        const page = (await sql.query(PLACES, [from, size])).map(placeOf);
        yield page;
        from = (page.at(-1)?.index ?? size) + 1;
      }
    },
    async *notes() {
      for (let from = 0; ; ) {
        const page = await checkpointsFrom(sql, from, PAGE);
        yield* page.filter((each) => each.size <= signed);
        const last = page.at(-1);
        // Behind the largest number there is none to go on from.
        if (last === undefined || last.size >= MOST_ENTRIES) return;
        from = last.size + 1;
      }
    },
    async wrongNode(nodes) {
      const stored = await storedHashes(sql, nodes);
      return nodes.find(({ hash }, at) => !Buffer.from(stored[at] ?? '').equals(hash));
    },
  };
}

function placeOf(row: Readonly<Record<string, unknown>>): Place {
  const { index, listed, there } = PlaceRow.parse(row);
  return { index, listed, entry: there ? LoggedEntry.parse(row) : undefined };
}
