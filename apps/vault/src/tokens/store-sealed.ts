import { VaultError } from '../app/vault-error.ts';

/**
 * Seals and stores something, and does so once more when nothing was stored: then a key of its was retired,
 * or has gone, since this node has learnt of it (KEYS_IN_FORCE, CODE_KEY_THERE).
 *
 * @param forget - drops the keys it is sealed under from memory.
 * @param store - seals anew at each call; gives nothing when the database took nothing.
 * @throws VaultError `service_unavailable` when it took nothing twice.
 */
export async function storeSealed<T>(
  forget: () => void,
  store: () => Promise<T | undefined>,
): Promise<T> {
  const stored = await store();
  if (stored !== undefined) return stored;
  forget();
  const again = await store();
  if (again === undefined) throw new VaultError('service_unavailable');
  return again;
}
