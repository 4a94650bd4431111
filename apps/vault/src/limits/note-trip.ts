import type { TicketClaims } from '@hushfield/contract/boot';
import { detailOf } from '../app/log.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Vault } from '../vault.ts';

/**
 * Tells a merchant that its publishable key is used more than it should be: once each time on each node. A database
 * that does not take it does not keep a shopper from paying.
 */
export async function noteTrip(
  { sql, now, log }: Pick<Vault, 'sql' | 'now' | 'log'>,
  { tenant, key }: Pick<TicketClaims, 'tenant' | 'key'>,
  requestId: string,
): Promise<void> {
  const act = { action: 'limits.trip', resource: key, outcome: 'tokenize/key' } as const;
  const who = { tenant, at: new Date(now()), actor: `key:${key}`, requestId };
  await insertAudit(sql.as('api', tenant), { ...who, ...act }).catch((error: unknown) => {
    log.error({ requestId, tenant, detail: detailOf(error) }, 'a tripped limit was not noted');
  });
}
