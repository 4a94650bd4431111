import * as z from 'zod';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';
import { TokenType } from '../tokens/token-kind.ts';

const PORTION = 200;
const AUDITED = { actor: 'operator', outcome: 'ok', requestId: null } as const;

const From = z.object({ fingerprint_from: z.int() });
const Left = z.object({ n: z.int() });
const KeptRow = z.object({
  id: z.string(),
  type: TokenType.exclude(['text']),
  envelope: z.instanceof(Uint8Array).nullable(),
});
export type KeptRow = z.infer<typeof KeptRow>;

/** Whose tokens, and the number of the key that they are to have. */
export type Whose = { readonly tenant: string; readonly number: number };

/** The lowest number that may be stored; nothing for a tenant that is not there. */
export async function fingerprintFrom(sql: Sql, tenant: string): Promise<number | undefined> {
  const text = 'SELECT fingerprint_from FROM tenants WHERE tenant = $1';
  const [row] = await sql.query(text, [tenant]);
  return row && From.parse(row).fingerprint_from;
}

/** From now on no token is stored with a fingerprint of an older key. */
export async function retireBelow(sql: Sql, { tenant, number }: Whose, at: Date): Promise<void> {
  await sql.query(
    'UPDATE tenants SET fingerprint_from = $2 WHERE tenant = $1 AND fingerprint_from < $2',
    [tenant, number],
  );
  const act = { action: 'fingerprint_key.rotate', resource: String(number) } as const;
  await insertAudit(sql, { ...AUDITED, ...act, tenant, at });
}

/** The next tokens with a fingerprint of an older key, past those that somebody has locked. */
export async function nextPortion(sql: Sql, { tenant, number }: Whose, after: string) {
  const rows = await sql.query(
    `SELECT t.token_id AS id, t.type, c.envelope FROM tokens t
       LEFT JOIN cards c ON c.tenant = t.tenant AND c.token_id = t.token_id
     WHERE t.tenant = $1 AND t.fingerprint_key < $2 AND t.token_id > $3
     ORDER BY t.token_id LIMIT ${PORTION} FOR UPDATE OF t SKIP LOCKED`,
    [tenant, number, after],
  );
  return rows.map((row) => KeptRow.parse(row));
}

export async function putFingerprints(
  sql: Sql,
  { tenant, number }: Whose,
  fresh: readonly { readonly id: string; readonly fingerprint: string }[],
): Promise<void> {
  await sql.query(
    `UPDATE tokens SET fingerprint = new.fingerprint, fingerprint_key = $2
     FROM unnest($3::text[], $4::text[]) AS new (id, fingerprint)
     WHERE tenant = $1 AND token_id = new.id`,
    [tenant, number, fresh.map(({ id }) => id), fresh.map((each) => each.fingerprint)],
  );
}

/** How many have a fingerprint of an older key. */
export async function countBelow(sql: Sql, { tenant, number }: Whose): Promise<number> {
  const text = 'SELECT count(*)::int AS n FROM tokens WHERE tenant = $1 AND fingerprint_key < $2';
  const [row] = await sql.query(text, [tenant, number]);
  return Left.parse(row).n;
}

const Under = z.object({ number: z.int() });

/** The numbers of older keys that tokens have fingerprints of. */
export async function numbersBelow(
  sql: Sql,
  { tenant, number }: Whose,
): Promise<ReadonlySet<number>> {
  const rows = await sql.query(
    `SELECT DISTINCT fingerprint_key AS number FROM tokens
     WHERE tenant = $1 AND fingerprint_key < $2 ORDER BY 1`,
    [tenant, number],
  );
  return new Set(rows.map((row) => Under.parse(row).number));
}

/** @param kept - those before that were not destroyed, since tokens need them. */
export async function noteFingerprintsDestroyed(
  sql: Sql,
  { tenant, number }: Whose,
  kept: ReadonlySet<number>,
  at: Date,
) {
  const but = kept.size === 0 ? '' : ` but ${[...kept].join(' ')}`;
  const act = { action: 'fingerprint_key.destroy', resource: `below ${number}${but}` } as const;
  await insertAudit(sql, { ...AUDITED, ...act, tenant, at });
}
