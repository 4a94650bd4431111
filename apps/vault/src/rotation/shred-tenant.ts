import { insertAudit } from '../audit/insert-audit.ts';
import { destroyAll } from './destroy-keys.ts';
import type { Rotating } from './rotate-data-keys.ts';

const PORTION = 500;

const REVOKE = `
UPDATE api_keys SET revoked_at = $2 WHERE tenant = $1 AND revoked_at IS NULL`;
const REMOVE = `
WITH portion AS (SELECT token_id FROM cards WHERE tenant = $1 LIMIT ${PORTION}),
cards_gone AS (DELETE FROM cards WHERE tenant = $1 AND token_id IN (SELECT token_id FROM portion)),
tokens_gone AS (DELETE FROM tokens WHERE tenant = $1 AND token_id IN (SELECT token_id FROM portion))
SELECT count(*)::int AS n FROM portion`;
// They name the tenant's customers, and would stay for a day.
const FORGET_SESSIONS = 'DELETE FROM sessions WHERE tenant = $1';

/**
 * Ends a tenant: first nobody may ask, then nothing opens, then nothing is there. Each step may be
 * repeated, so that what was cut off is finished by the same command.
 */
export async function shredTenant(
  vault: Rotating,
  tenant: string,
  progress: (line: string) => void,
): Promise<{ readonly keys: number; readonly cards: number }> {
  const at = new Date(vault.now());
  await vault.sql.transaction({ role: 'admin' }, async (sql) => {
    await sql.query(REVOKE, [tenant, at]);
    const act = { actor: 'operator', action: 'tenant.shred', outcome: 'ok', requestId: null };
    await insertAudit(sql, { ...act, tenant, at, resource: tenant });
  });
  const keys = await destroyAll(vault, tenant);
  await vault.sql.as('worker').query(FORGET_SESSIONS, [tenant]);
  let cards = 0;
  for (let gone = PORTION; gone > 0; ) {
    const [row] = await vault.sql.as('api', tenant).query(REMOVE, [tenant]);
    gone = Number(row?.n);
    cards += gone;
    if (gone > 0) progress(`${cards} cards`);
  }
  return { keys, cards };
}
