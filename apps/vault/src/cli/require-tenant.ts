import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { findTenant } from '../tenants/tenant-store.ts';

/**
 * Says that there is no such tenant before anything is done for it. A shredded one is known still.
 *
 * @throws StartError
 */
export async function requireKnown(sql: Sql, id: string) {
  const tenant = await findTenant(sql, id);
  if (tenant === undefined)
    throw new StartError(`There is no tenant ${id}. See: hushfield tenant list`);
  return tenant;
}

/** @throws StartError for a tenant that is not there, or that nothing is to be stored for any more. */
export async function requireTenant(sql: Sql, id: string): Promise<void> {
  const { shreddedAt } = await requireKnown(sql, id);
  if (shreddedAt !== null)
    throw new StartError(`The tenant ${id} was shredded: its keys are destroyed, for good.`);
}
