import { CryptoError, openEnvelope } from '@hushfield/crypto/envelope';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import { codePlace } from '../codes/seal-code.ts';
import type { Sql } from '../db/sql.ts';
import type { By } from '../tokens/change-tokens.ts';
import { openKept } from '../tokens/open-kept.ts';
import { type Kept, TokenType } from '../tokens/token-kind.ts';
import type { Vault } from '../vault.ts';

const Row = z.object({
  token_id: z.string(),
  type: TokenType,
  envelope: z.instanceof(Uint8Array),
  code: z.instanceof(Uint8Array).nullable(),
  code_key_id: z.string().nullable(),
  hour: z.date().nullable(),
  wrapped: z.instanceof(Uint8Array).nullable(),
});
type Row = z.infer<typeof Row>;

/** What a token stands for, with its security code where it is wanted and there is one that nobody holds. */
export type Opened = {
  readonly tokenId: string;
  readonly kept: Kept;
  readonly code: string | undefined;
  /** As it lies, so that it is the very one that is held. */
  readonly codeEnvelope: Uint8Array | undefined;
};

const FIND = `
SELECT t.token_id, t.type, c.envelope, code.envelope AS code, code.code_key_id, k.hour, k.wrapped
FROM tokens t JOIN cards c ON c.tenant = t.tenant AND c.token_id = t.token_id
  LEFT JOIN security_codes code ON code.tenant = t.tenant AND code.token_id = t.token_id
    AND code.token_id = ANY ($5::text[]) AND code.expires_at > $4 AND code.held_by IS NULL
  LEFT JOIN code_keys k ON k.code_key_id = code.code_key_id
WHERE t.tenant = $1 AND t.token_id = ANY ($2::text[]) AND t.mode = $3 AND (t.expires_at IS NULL OR t.expires_at > $4)`;

/**
 * Opens tokens to be sent on. It waits for the KEK, and holds no connection meanwhile; what it reads is looked at
 * again by the transaction of the intent.
 *
 * @param coded - those whose security code is wanted.
 * @throws VaultError `not_found` when one of them is not there; `cvc_unavailable`.
 */
export async function readTokens(
  vault: Pick<Vault, 'keys' | 'codeKeys' | 'log'>,
  by: By,
  sql: Sql,
  ids: readonly string[],
  coded: readonly string[],
): Promise<ReadonlyMap<string, Opened>> {
  if (ids.length === 0) return new Map();
  const values = [by.tenant, ids, by.mode, by.now, coded];
  const rows = (await sql.query(FIND, values, 'read-forwarded')).map((row) => Row.parse(row));
  if (rows.length < ids.length)
    throw VaultError.because('not_found', 'record_missing', { field: 'body' });
  if (rows.some(({ token_id, wrapped }) => coded.includes(token_id) && wrapped === null))
    throw VaultError.because('cvc_unavailable', 'code_gone', { field: 'body' });
  const opened: Opened[] = [];
  for (const row of rows) opened.push(await openRow(vault, by, row));
  return new Map(opened.map((each) => [each.tokenId, each]));
}

async function openRow(
  vault: Pick<Vault, 'keys' | 'codeKeys' | 'log'>,
  { tenant, requestId }: By,
  row: Row,
): Promise<Opened> {
  const { token_id: tokenId, type, envelope, code } = row;
  const kept = await openKept(vault, { tenant, tokenId, type }, envelope, requestId);
  return {
    ...{ tokenId, kept },
    code: await openCode(vault, tenant, row),
    codeEnvelope: code ?? undefined,
  };
}

/** @throws VaultError `service_unavailable` for one that somebody moved or changed. */
async function openCode(
  { codeKeys, log }: Pick<Vault, 'codeKeys' | 'log'>,
  tenant: string,
  { token_id: tokenId, code, code_key_id: id, hour, wrapped }: Row,
): Promise<string | undefined> {
  if (code === null || id === null || hour === null || wrapped === null) return undefined;
  const key = await codeKeys.of({ id, hour, wrapped });
  try {
    const opened = openEnvelope(() => key, codePlace(tenant, tokenId), code);
    const text = Buffer.from(opened).toString('utf8');
    opened.fill(0);
    return text;
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    log.error(
      { role: 'api', tenant, detail: tokenId },
      'a security code does not open where it lies',
    );
    throw new VaultError('service_unavailable', 500);
  }
}
