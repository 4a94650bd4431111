import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { findTenant } from '../tenants/tenant-store.ts';

/** @throws StartError for a tenant that is not there, or that nothing is to be stored for any more. */
export async function requireTenant(sql: Sql, id: string): Promise<void> {
  const tenant = await findTenant(sql, id);
  if (tenant === undefined) throw new StartError(`There is no tenant ${id}.`);
  if (tenant.shreddedAt !== null)
    throw new StartError(`The tenant ${id} was shredded: its keys are destroyed, for good.`);
}
