import { insertAudit } from '../audit/insert-audit.ts';
import type { Vault } from '../vault.ts';
import type { Claimed } from './claim-deliveries.ts';
import type { Standing } from './settle.ts';
import { GIVE_UP } from './schedule.ts';

/**
 * Once, whoever is first. A condition beside the status, so that one that has just recovered stays, and one that was
 * led elsewhere while its old place took its time to say that it is gone.
 */
const DISABLE = `
UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = $3, changed_at = $4
WHERE tenant = $1 AND endpoint_id = $2 AND status = 'enabled'
  AND (($3 = 'gone' AND url = $6) OR (failures >= ${GIVE_UP.failures} AND failing_since <= $5 AND $3 = 'failing')) RETURNING endpoint_id`;

/** Whether nothing has arrived for so long that an endpoint is given up. */
export function isGivenUp({ failures, failing_since }: Standing, now: number): boolean {
  if (failing_since === null || failures < GIVE_UP.failures) return false;
  return now - failing_since.getTime() >= GIVE_UP.afterMs;
}

/** Stops telling an endpoint, and says so: in the trail, by an event to the tenant's others, and in the log. */
export async function disableEndpoint(
  { sql, now, log }: Pick<Vault, 'sql' | 'now' | 'log'>,
  { tenant, endpoint_id: endpoint, url }: Pick<Claimed, 'tenant' | 'endpoint_id' | 'url'>,
  why: 'failing' | 'gone',
): Promise<boolean> {
  const at = new Date(now());
  const since = new Date(now() - GIVE_UP.afterMs);
  const isDisabled = await sql.transaction({ role: 'worker' }, async (inside) => {
    const rows = await inside.query(DISABLE, [tenant, endpoint, why, at, since, url]);
    if (rows.length === 0) return false;
    const act = { actor: 'worker', action: 'webhook_endpoint.disable', requestId: null } as const;
    await insertAudit(inside, { ...act, tenant, at, resource: endpoint, outcome: why });
    return true;
  });
  const says = why === 'gone' ? 'it answered 410' : 'nothing has arrived there for five days';
  if (isDisabled) log.warn({ role: 'worker', tenant }, `webhook endpoint disabled: ${says}`);
  return isDisabled;
}
