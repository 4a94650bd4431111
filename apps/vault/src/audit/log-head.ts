import * as z from 'zod';
import type { Sql } from '../db/sql.ts';

const Head = z.object({ size: z.coerce.number().int(), epoch: z.coerce.number().int() });

/** How many entries have a place, and the epoch that the log is said to be in. */
export type LogHead = Readonly<z.infer<typeof Head>>;

export async function logHead(sql: Sql): Promise<LogHead> {
  const [row] = await sql.query('SELECT size, epoch FROM audit_head', [], 'log-head');
  return Head.parse(row);
}

/** The same, and keeps everybody from giving places, and from signing, until the transaction ends. */
export async function lockLog(sql: Sql): Promise<LogHead> {
  const [row] = await sql.query('SELECT size, epoch FROM audit_head FOR UPDATE');
  return Head.parse(row);
}
