import { newId } from '@hushfield/crypto/token-id';
import type { CardPlaintext } from '@hushfield/contract/http';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import type { By } from './change-tokens.ts';
import { judgeCard } from './judge-card.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import { kept, sealCard } from './seal-card.ts';
import type { NewRecord } from './token-store.ts';
import type { CardRow } from './token-view.ts';

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
  INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
  SELECT tenant, $18, $11::timestamptz, $19, 'token.import', token_id, 'ok', $22, $20 FROM token)
SELECT token_id FROM token`;

/** A card that was judged and sealed, and waits to be stored. */
export type SealedImport = {
  readonly card: NewRecord<CardRow>;
  readonly token: CardRow;
};

/**
 * Judges and seals a card that a backend brings, under the same rules as one that a shopper types. Outside
 * of a transaction: it may wait for the KEK.
 *
 * @throws VaultError with the code of the first rule it breaks.
 */
export async function sealImport(
  vault: Pick<Vault, 'keys' | 'codeKeys' | 'mode'>,
  by: By,
  { customer, metadata = {}, expiresAt, ...given }: Imported,
): Promise<SealedImport> {
  const plain = kept(given);
  const objection = judgeCard(plain, vault.mode, by.now.getTime());
  if (objection !== undefined)
    throw VaultError.because(objection.code, 'card_refused', { field: objection.field });
  const card = await sealCard(vault, by, customer ?? null, plain, by.now.getTime());
  const expires_at = expiresAt === undefined ? card.token.expires_at : expiresAt;
  return { card, token: { ...card.token, metadata, expires_at } };
}

/** Stores it; nothing when a key it is sealed under was retired meanwhile. */
export async function insertImport(
  sql: Sql,
  by: By,
  { card, token }: SealedImport,
): Promise<CardRow | undefined> {
  const rows = await sql.query(
    INSERT,
    [
      ...[token.tenant, token.token_id, token.mode, token.brand, token.networks, token.last4],
      ...[token.bin, token.exp_month, token.exp_year, token.fingerprint, token.created_at],
      ...[token.expires_at, token.customer, JSON.stringify(token.metadata)],
      ...[card.envelope, card.dataKeyId, card.schemaVersion],
      ...[newId('aud'), by.actor, by.requestId, card.fingerprintKey],
      by.address,
    ],
    'import-card',
  );
  return rows.length === 1 ? token : undefined;
}
