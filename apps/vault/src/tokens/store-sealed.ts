import { VaultError } from '../app/vault-error.ts';

/** Thrown out of a transaction that stored nothing under a retired key: what it has done before must not stay. */
export class NothingStored extends Error {}

/**
 * Seals and stores something, and does so once more when nothing was stored: then a key of its was retired,
 * or has gone, since this node has learnt of it (KEYS_IN_FORCE, CODE_KEY_THERE).
 *
 * @param forget - drops the keys it is sealed under from memory.
 * @param store - seals anew at each call; gives nothing, or throws NothingStored, when the database took nothing.
 * @throws VaultError `service_unavailable` when it took nothing twice.
 */
export async function storeSealed<T>(
  forget: () => void,
  store: () => Promise<T | undefined>,
): Promise<T> {
  const stored = await orNothing(store());
  if (stored !== undefined) return stored;
  forget();
  const again = await orNothing(store());
  if (again === undefined) throw new VaultError('service_unavailable');
  return again;
}

async function orNothing<T>(stored: Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await stored;
  } catch (error) {
    if (error instanceof NothingStored) return undefined;
    throw error;
  }
}
