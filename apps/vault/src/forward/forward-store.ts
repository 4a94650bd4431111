import { newId } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { type Marks, ownKeys } from '../api/named-request.ts';
import type { Action } from '../audit/catalogue.ts';
import { columnsOf } from '../db/columns.ts';
import type { Sql } from '../db/sql.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';

const Row = z.object({
  forward_id: z.string(),
  name: z.instanceof(Uint8Array),
  request: z.instanceof(Uint8Array),
  destination_id: z.string(),
  tokens: z.array(z.string()),
  state: z.enum(['under_way', 'answered', 'unknown']),
  answer: z.instanceof(Uint8Array).nullable(),
  created_at: z.date(),
  overdue_at: z.date(),
});
/** What is known of a request that was sent on, or is being. */
export type ForwardRow = z.infer<typeof Row>;

/** What was done under a name, if anything was. */
export async function findForward(
  sql: Sql,
  key: StoredKey,
  all: readonly Marks[],
): Promise<ForwardRow | undefined> {
  const [row] = await sql.query(
    `SELECT ${columnsOf(Row)} FROM forwards
     WHERE tenant = $1 AND name = ANY ($3::bytea[]) AND ${ownKeys('$2')}`,
    [key.tenant, key.keyId, all.map(({ name }) => name)],
    'find-forward',
  );
  return row && Row.parse(row);
}

/** One entry for each token, so that whoever looks into the trail of a card finds it; else one for the destination. */
export type Use = {
  readonly tenant: string;
  readonly actor: string;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly tokens: readonly string[];
  readonly destination: string;
};

export async function noteUse(
  sql: Sql,
  { tenant, actor, address, requestId, tokens, destination }: Use,
  action: Action & `forward.${string}`,
  at: Date,
  outcomes: readonly string[],
): Promise<void> {
  const resources = tokens.length === 0 ? [destination] : tokens;
  await sql.query(
    `INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
     SELECT $1, entry_id, $2::timestamptz, $3, $4, resource, outcome, $5, $6
     FROM unnest($7::text[], $8::text[], $9::text[]) AS e (entry_id, resource, outcome)`,
    [
      ...[tenant, at, actor, action, address, requestId],
      ...[resources.map(() => newId('aud')), resources],
      resources.map((_resource, n) => outcomes[n] ?? outcomes[0] ?? ''),
    ],
    'note-forward',
  );
}
