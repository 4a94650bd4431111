import type { Scope } from '../db/sql.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { countUnder, listDataKeys, noteDestroyed } from './data-key-store.ts';
import type { Rotating } from './rotate-data-keys.ts';

const ROTATOR: Scope = { role: 'rotator' };
/** For so long a backup of the database can be restored with every card in it. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Destroys a tenant's data keys that were retired long enough ago and that nothing lies under. With
 * them every card that was deleted before their retirement is gone from every backup too.
 *
 * @returns how many.
 */
export async function destroyRetired(
  vault: Rotating,
  tenant: string,
  keptMs = KEPT_MS,
): Promise<number> {
  const due = (await listDataKeys(vault.sql.as('rotator'), tenant)).filter(
    ({ retiredAt, destroyedAt }) =>
      retiredAt !== null && destroyedAt === null && retiredAt.getTime() <= vault.now() - keptMs,
  );
  let destroyed = 0;
  for (const { id } of due) {
    if ((await countUnder(vault.sql.as('rotator'), tenant, [id])) > 0) continue;
    await destroy(vault, tenant, id);
    destroyed += 1;
  }
  return destroyed;
}

/** The file first: a key that is noted as destroyed must not be there. */
async function destroy(vault: Rotating, tenant: string, id: string): Promise<void> {
  const { sql, keys } = vault;
  await aloneWithKeys(sql, async () => destroyStored(keys, tenant, id));
  keys.forget(tenant);
  const at = new Date(vault.now());
  await sql.transaction(ROTATOR, (inside) => noteDestroyed(inside, tenant, id, at));
}

/** Destroys the file of a data key, if there is one. For whoever is alone with keys. */
export function destroyStored({ tenants }: KeyStore, tenant: string, id: string): void {
  const stored = tenants.dataKeys(tenant).find((each) => each.id === id);
  if (stored !== undefined) tenants.destroyDataKey(tenant, stored);
}

/**
 * Destroys fingerprint keys of a tenant: all, or those below a number but some. For whoever is alone with
 * keys.
 *
 * @returns how many.
 */
export function destroyFingerprints(
  { tenants }: KeyStore,
  tenant: string,
  below = Number.POSITIVE_INFINITY,
  kept: ReadonlySet<number> = new Set(),
): number {
  const due = tenants
    .fingerprints(tenant)
    .filter(({ number }) => number < below && !kept.has(number))
    .filter((each) => each.wrapped !== undefined || tenants.isHalfDestroyed(tenant, each));
  for (const { number } of due) tenants.destroyFingerprint(tenant, number);
  return due.length;
}
