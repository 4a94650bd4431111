import { newId } from '@hushfield/crypto/token-id';
import type { CardPlaintext } from '@hushfield/contract/http';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import type { By } from './change-tokens.ts';
import { judgeCard } from './judge-card.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import { sealCard } from './seal-card.ts';
import { storeSealed } from './store-sealed.ts';
import type { TokenRow } from './token-view.ts';

export type Imported = Omit<CardPlaintext, 'cvc'> & {
  readonly customer?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Null keeps it; the usual life without. */
  readonly expiresAt: Date | null | undefined;
};

const INSERT = `
WITH token AS (
  INSERT INTO tokens (tenant, token_id, mode, brand, networks, last4, bin, exp_month, exp_year,
    cvc_collected, fingerprint, created_at, expires_at, customer, metadata, fingerprint_key)
  SELECT $1, $2, $3, $4, $5::text[], $6, $7, $8::int, $9::int, false, $10, $11::timestamptz,
    $12::timestamptz, $13, $14::jsonb, $21::int
  WHERE ${KEYS_IN_FORCE('$1', '$16', '$21')}
  RETURNING tenant, token_id),
card AS (
  INSERT INTO cards (tenant, token_id, envelope, data_key_id, schema_version)
  SELECT tenant, token_id, $15::bytea, $16, $17::int FROM token),
audit AS (
  INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, request_id)
  SELECT tenant, $18, $11::timestamptz, $19, 'token.import', token_id, 'ok', $20 FROM token)
SELECT token_id FROM token`;

/**
 * Stores a card that a backend brings, under the same rules as one that a shopper types.
 *
 * @throws VaultError with the code of the first rule it breaks.
 */
export async function importCard(
  vault: Vault,
  by: By,
  sql: Sql,
  given: Imported,
): Promise<TokenRow> {
  const { number, expMonth, expYear, name } = given;
  const card = { number, expMonth, expYear, ...(name === undefined ? {} : { name }) };
  const objection = judgeCard(card, vault.mode, by.now.getTime());
  if (objection !== undefined)
    throw new VaultError(objection.code, 422, { field: objection.field });
  return storeSealed(
    () => vault.keys.forget(by.tenant),
    () => store(vault, by, sql, { ...given, card }),
  );
}

async function store(
  vault: Vault,
  by: By,
  sql: Sql,
  given: Imported & { readonly card: CardPlaintext },
): Promise<TokenRow | undefined> {
  const { customer = null, metadata = {}, expiresAt } = given;
  const sealed = await sealCard(vault, by, customer, given.card, by.now.getTime());
  const token = {
    ...sealed.token,
    metadata,
    expires_at: expiresAt === undefined ? sealed.token.expires_at : expiresAt,
  };
  const rows = await sql.query(
    INSERT,
    [
      ...[token.tenant, token.token_id, token.mode, token.brand, token.networks, token.last4],
      ...[token.bin, token.exp_month, token.exp_year, token.fingerprint, token.created_at],
      ...[token.expires_at, customer, JSON.stringify(metadata)],
      ...[sealed.envelope, sealed.dataKeyId, sealed.schemaVersion],
      ...[newId('aud'), by.actor, by.requestId, sealed.fingerprintKey],
    ],
    'import-card',
  );
  return rows.length === 1 ? token : undefined;
}
