import { newId } from '@hushfield/crypto/token-id';
import type { TextPolicy } from '@hushfield/contract/boot';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import type { By } from './change-tokens.ts';
import { type Brought, judgeImport, keptOf } from './judge-import.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import { sealCard } from './seal-card.ts';
import { sealSecret } from './seal-secret.ts';
import { findTextPolicy } from './text-policies.ts';
import { isCard } from './token-kind.ts';
import { cardColumns, type NewRecord } from './token-store.ts';
import type { TokenRow } from './token-view.ts';

/** Whose it is and for how long, beside what it is. */
type Owned = {
  readonly customer?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Null keeps it; the usual life without. */
  readonly expiresAt: Date | null | undefined;
};
export type Imported = Brought & Owned;

const INSERT = `
WITH token AS (
  INSERT INTO tokens (tenant, token_id, mode, brand, networks, last4, bin, exp_month, exp_year,
    cvc_collected, fingerprint, created_at, expires_at, customer, metadata, fingerprint_key, type, about)
  SELECT $1, $2, $3, $4, $5::text[], $6, $7, $8::int, $9::int, $10::boolean, $11, $12::timestamptz,
    $13::timestamptz, $14, $15::jsonb, $22::int, $24, $25::jsonb
  WHERE ${KEYS_IN_FORCE('$1', '$17', '$22')}
  RETURNING tenant, token_id),
card AS (
  INSERT INTO cards (tenant, token_id, envelope, data_key_id, schema_version, class)
  SELECT tenant, token_id, $16::bytea, $17, $18::int, $26 FROM token),
audit AS (
  INSERT INTO audit_entries (tenant, entry_id, at, actor, action, resource, outcome, origin, request_id)
  SELECT tenant, $19, $12::timestamptz, $20, 'token.import', token_id, 'ok', $23, $21 FROM token)
SELECT token_id FROM token`;

/** What was judged and sealed, and waits to be stored. */
export type SealedImport = {
  readonly record: NewRecord;
  readonly token: TokenRow;
};

/**
 * Judges and seals what a backend brings, under the same rules as what a shopper types. Outside of a
 * transaction: it may wait for the KEK.
 *
 * @param policies - the tenant's rules for texts, when they are known: whoever seals many asks once.
 * @throws VaultError with the code of the first rule it breaks.
 */
export async function sealImport(
  vault: Vault,
  by: By,
  given: Imported,
  policies?: readonly TextPolicy[],
): Promise<SealedImport> {
  const { customer = null, metadata = {}, expiresAt } = given;
  const plain = keptOf(given);
  const policy = 'text' in plain ? await policyOf(vault, by, plain.policy, policies) : undefined;
  const objection = judgeImport(plain, { mode: vault.mode, now: by.now.getTime(), policy });
  if (objection !== undefined)
    throw VaultError.because(objection.code, 'card_refused', { field: objection.field });
  const now = by.now.getTime();
  const record: NewRecord = isCard(plain)
    ? await sealCard(vault, by, { customer, binDigits: 0 }, plain, now)
    : await sealSecret(vault, by, customer, plain, now);
  const expires_at = expiresAt === undefined ? record.token.expires_at : expiresAt;
  return { record, token: { ...record.token, metadata, expires_at } };
}

async function policyOf(
  { sql }: Vault,
  { tenant }: By,
  name: string,
  policies: readonly TextPolicy[] | undefined,
): Promise<TextPolicy | undefined> {
  if (policies) return policies.find((policy) => policy.name === name);
  return findTextPolicy(sql.as('api', tenant), tenant, name);
}

/** Stores it; nothing when a key it is sealed under was retired meanwhile. */
export async function insertImport(
  sql: Sql,
  by: By,
  { record, token }: SealedImport,
): Promise<TokenRow | undefined> {
  const rows = await sql.query(
    INSERT,
    [
      ...[token.tenant, token.token_id, token.mode, ...cardColumns(token), token.fingerprint],
      ...[token.created_at, token.expires_at, token.customer, JSON.stringify(token.metadata)],
      ...[record.envelope, record.dataKeyId, record.schemaVersion],
      ...[newId('aud'), by.actor, by.requestId, record.fingerprintKey, by.address],
      ...[token.type, token.about && JSON.stringify(token.about), record.dataClass],
    ],
    'import-token',
  );
  return rows.length === 1 ? token : undefined;
}
