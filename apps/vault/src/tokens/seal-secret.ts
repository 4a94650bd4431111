import type { SecretPlaintext } from '@hushfield/contract/http';
import { fingerprint } from '@hushfield/crypto/fingerprint';
import { newTokenId } from '@hushfield/crypto/token-id';
import type { Vault } from '../vault.ts';
import { type Owner, ownRow, SCHEMA_VERSION, sealed } from './seal-record.ts';
import { aboutOf, CLASS_OF, identityOf, typeOf } from './token-kind.ts';
import type { NewRecord } from './token-store.ts';
import type { SecretRow } from './token-view.ts';

/** Turns a judged secret into what is stored of it. */
export async function sealSecret(
  { keys }: Pick<Vault, 'keys'>,
  owner: Owner,
  customer: string | null,
  plain: SecretPlaintext,
  now: number,
): Promise<NewRecord<SecretRow>> {
  const tokenId = newTokenId(owner.mode);
  const type = typeOf(plain);
  const identity = identityOf(plain);
  const { pan: dataKey, fingerprint: own } = await keys.tenantKeys(owner.tenant);
  const known = type !== 'text' && identity !== undefined;
  return {
    token: {
      ...ownRow(owner, customer, tokenId, now),
      type,
      about: aboutOf(plain),
      fingerprint: known ? fingerprint(own.key, identity, type) : null,
    },
    ...sealed(dataKey, { tenant: owner.tenant, tokenId, dataClass: CLASS_OF[type] }, plain),
    fingerprintKey: known ? own.number : null,
    schemaVersion: SCHEMA_VERSION,
    code: undefined,
  };
}
