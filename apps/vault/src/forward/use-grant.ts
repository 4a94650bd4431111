import { createHash } from 'node:crypto';
import type { ForwardField } from '@hushfield/contract/api';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { By } from '../tokens/change-tokens.ts';
import { denied } from './denied.ts';

/** How much a body says is charged. */
export type Charge = { readonly amount: number; readonly currency: string };

/** Which grant a backend has brought, and what for. */
export type WantedGrant = {
  readonly id: string;
  readonly secretHash: Uint8Array;
  readonly destination: string;
  readonly token: string;
  readonly fields: readonly ForwardField[];
  /** Nothing where the body does not say it where the record looks. */
  readonly charge: Charge | undefined;
};

const Limits = z.object({
  // A bigint is text to both drivers, or a number where it fits.
  most_amount: z.nullable(z.coerce.number()),
  currency: z.string().nullable(),
});

/** Unknown, over, foreign, of another purpose, token or destination: none of these is the grant that was brought. */
const BROUGHT = `tenant = $1 AND grant_id = $2 AND secret_hash = $3 AND mode = $4 AND purpose = 'forward'
  AND destination_id = $5 AND expires_at > $6 AND token_id = $7 AND fields @> $8::text[]`;

type Who = Pick<By, 'tenant' | 'mode' | 'now'>;

function brought({ tenant, mode, now }: Who, wanted: WantedGrant): unknown[] {
  const { id, secretHash, destination, token, fields } = wanted;
  return [tenant, id, secretHash, mode, destination, now, token, fields];
}

/**
 * Makes sure, before any card is opened for it, that there is such a grant and that it goes so far.
 *
 * @returns whether it is used by now: then by this request, which comes again, or by another.
 * @throws VaultError `policy_denied`.
 */
export async function isGrantUsed(sql: Sql, by: Who, wanted: WantedGrant): Promise<boolean> {
  const text = `SELECT most_amount, currency, used_at IS NOT NULL AS is_used FROM grants WHERE ${BROUGHT}`;
  const rows = await sql.query(text, brought(by, wanted), 'find-forward-grant');
  requireWithin(rows, wanted);
  return rows[0]?.['is_used'] === true;
}

/**
 * Uses a grant up, in the transaction of the intent: of two who bring it at once, one waits for the row, and finds
 * it used. For whatever it is none: one answer.
 *
 * @throws VaultError `policy_denied`.
 */
export async function useGrant(
  sql: Sql,
  by: Who,
  wanted: WantedGrant,
  forwardId: string,
): Promise<void> {
  const rows = await sql.query(
    `UPDATE grants SET used_at = $6, used_by = $9 WHERE ${BROUGHT} AND used_at IS NULL
     RETURNING most_amount, currency`,
    [...brought(by, wanted), userOf(forwardId)],
    'use-forward-grant',
  );
  requireWithin(rows, wanted);
}

function requireWithin([row]: readonly object[], { charge }: WantedGrant): void {
  const limits = row && Limits.parse(row);
  if (limits === undefined || !isWithin(charge, limits)) throw denied('grant');
}

/** It is known that nothing was sent: the grant is as good as new. */
export async function giveBack(sql: Sql, tenant: string, id: string, forwardId: string) {
  await sql.query(
    'UPDATE grants SET used_at = NULL, used_by = NULL WHERE tenant = $1 AND grant_id = $2 AND used_by = $3',
    [tenant, id, userOf(forwardId)],
    'give-grant-back',
  );
}

function isWithin(
  charge: Charge | undefined,
  { most_amount: most, currency }: z.infer<typeof Limits>,
) {
  if (most === null) return true;
  return charge !== undefined && charge.currency === currency && charge.amount <= most;
}

function userOf(forwardId: string): Buffer {
  return createHash('sha256').update(forwardId).digest();
}

/** @throws VaultError `policy_denied` where a key needs a grant and has none. */
export function requireGrant(needed: boolean, given: string | undefined): void {
  if (needed && given === undefined)
    throw VaultError.because('policy_denied', 'forward_grant', { field: 'grant' });
}
