import type { Scope } from '../db/sql.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
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

/** Destroys all keys of a tenant, those in use too: none of its cards opens again, in any copy. */
export async function destroyAll(vault: Rotating, tenant: string): Promise<number> {
  const known = await listDataKeys(vault.sql.as('rotator'), tenant);
  const due = known.filter(({ destroyedAt }) => destroyedAt === null);
  for (const { id } of due) await destroy(vault, tenant, id);
  await destroyFingerprints(vault, tenant);
  vault.keys.forget(tenant);
  return due.length;
}

/** The file first: a key that is noted as destroyed must not be there. */
async function destroy(vault: Rotating, tenant: string, id: string): Promise<void> {
  const { sql, keys } = vault;
  await aloneWithKeys(sql, async () => {
    const stored = keys.tenants.dataKeys(tenant).find((each) => each.id === id);
    if (stored !== undefined) keys.tenants.destroyDataKey(tenant, stored);
  });
  keys.forget(tenant);
  const at = new Date(vault.now());
  await sql.transaction(ROTATOR, (inside) => noteDestroyed(inside, tenant, id, at));
}

/**
 * Destroys fingerprint keys of a tenant: all, or those below a number but some.
 *
 * @returns how many.
 */
export async function destroyFingerprints(
  { sql, keys }: Rotating,
  tenant: string,
  below = Number.POSITIVE_INFINITY,
  kept: ReadonlySet<number> = new Set(),
): Promise<number> {
  return aloneWithKeys(sql, async () => {
    const due = keys.tenants
      .fingerprints(tenant)
      .filter(
        ({ number, wrapped }) => wrapped !== undefined && number < below && !kept.has(number),
      );
    for (const { number } of due) keys.tenants.destroyFingerprint(tenant, number);
    return due.length;
  });
}
