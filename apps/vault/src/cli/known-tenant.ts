import { StartError } from '../config.ts';
import { listTenants } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';

/**
 * Says that there is no such tenant before anything is done for it.
 *
 * @throws StartError
 */
export async function requireTenant({ sql }: Pick<Vault, 'sql'>, tenant: string): Promise<void> {
  const known = await listTenants(sql.as('admin'));
  if (!known.some((each) => each.tenant === tenant))
    throw new StartError(`There is no tenant ${tenant}. See: hushfield tenant list`);
}
