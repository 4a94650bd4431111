import { VaultError } from '../app/vault-error.ts';
import type { KeyStore } from '../keys/key-store.ts';

/**
 * Seals and stores something, and does so once more when nothing was stored: then the data key or
 * the fingerprint key was retired since this node has learnt of it (KEY_IN_FORCE).
 *
 * @param store - seals anew at each call; gives nothing when the database took nothing.
 * @throws VaultError `service_unavailable` when it took nothing twice.
 */
export async function storeSealed<T>(
  keys: KeyStore,
  tenant: string,
  store: () => Promise<T | undefined>,
): Promise<T> {
  const stored = await store();
  if (stored !== undefined) return stored;
  keys.forget(tenant);
  const again = await store();
  if (again === undefined) throw new VaultError('service_unavailable');
  return again;
}
