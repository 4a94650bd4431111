import type { DestinationRecord } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { By } from '../tokens/change-tokens.ts';
import { findToken } from '../tokens/token-store.ts';
import { type GrantWish, newGrant, storeGrant } from './create-grant.ts';
import type { ForwardGrantRow } from './grant-store.ts';

export type ForwardWish = Extract<GrantWish, { purpose: 'forward' }>;

/**
 * Makes and stores a grant to send a token on, once. In a transaction of the caller's: row and entry are one act.
 *
 * @param record - of the destination, as it was read before.
 * @throws VaultError `not_found` for a token that is not there; `invalid_request` for a ceiling where nobody can
 *   tell how much is charged, or fields that the destination never takes.
 */
export async function createForwardGrant(
  sql: Sql,
  by: By,
  wish: ForwardWish,
  record: DestinationRecord,
): Promise<{ readonly row: ForwardGrantRow; readonly text: string }> {
  const token = await findToken(sql, by.tenant, wish.token, by.now);
  if (token?.mode !== by.mode) throw VaultError.because('not_found', 'record_missing');
  if (wish.amount !== undefined && record.amount === undefined)
    throw VaultError.because('invalid_request', 'body_form', { field: 'amount' });
  if (!wish.fields.every((field) => record.fields[field] !== undefined))
    throw VaultError.because('invalid_request', 'body_form', { field: 'fields' });
  const made = newGrant(by, wish, {
    purpose: 'forward',
    fields: wish.fields,
    destination_id: wish.destination,
    most_amount: wish.amount?.most ?? null,
    currency: wish.amount?.currency ?? null,
  });
  await storeGrant(sql, by, made.row, `forward ${wish.destination}`);
  return made;
}
