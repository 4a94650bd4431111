import type { DataKey } from '@hushfield/crypto/envelope';
import type { KeyStore } from './key-store.ts';

/**
 * A copy of the key that a tenant's rows are sealed under now: what the store gives out may be wiped while a
 * transaction runs, or a destination takes its time, and none of these waits for the KEK. Whoever asks wipes it.
 */
export async function ownDataKey(
  keys: Pick<KeyStore, 'tenantKeys'>,
  tenant: string,
): Promise<DataKey> {
  const { id, key } = (await keys.tenantKeys(tenant)).pan;
  return { id, key: Uint8Array.from(key) };
}
