import { insertAudit } from '../audit/insert-audit.ts';
import { type Claim, seized } from '../db/claim.ts';
import { waitForOlder } from '../db/older-transactions.ts';
import { forgetEvents } from '../events/purge-events.ts';
import { lockKeys } from '../keys/alone-with-keys.ts';
import { listDataKeys, noteDestroyed, retireAll } from './data-key-store.ts';
import { destroyFingerprints, destroyStored } from './destroy-keys.ts';
import { dataKeysOf, PATIENCE_MS, type Rotating } from './rotate-data-keys.ts';
import { fingerprintKeysOf } from './rotate-fingerprints.ts';

const PORTION = 500;

const REVOKE = `
WITH ended AS (
  UPDATE tenants SET shredded_at = coalesce(shredded_at, $2) WHERE tenant = $1),
silenced AS (
  UPDATE webhook_endpoints SET status = 'deleted', disabled_reason = NULL, changed_at = $2
  WHERE tenant = $1 AND status <> 'deleted')
UPDATE api_keys SET revoked_at = $2 WHERE tenant = $1 AND revoked_at IS NULL`;
const REMOVE = `
WITH portion AS (SELECT token_id FROM cards WHERE tenant = $1 LIMIT ${PORTION}),
cards_gone AS (DELETE FROM cards WHERE tenant = $1 AND token_id IN (SELECT token_id FROM portion)),
tokens_gone AS (DELETE FROM tokens WHERE tenant = $1 AND token_id IN (SELECT token_id FROM portion))
SELECT count(*)::int AS n FROM portion`;
// They name the tenant's customers, tokens and gateways, and would stay.
const FORGOTTEN = ['sessions', 'grants', 'forwards', 'destinations', 'webhook_secrets'].map(
  (table) => `DELETE FROM ${table} WHERE tenant = $1`,
);

/**
 * Ends a tenant: first nobody may ask, then nothing opens, then nothing is there. A rotation of its keys is
 * taken out of whose hands it is in. Each step may be repeated, so that what was cut off is finished by the
 * same command.
 */
export async function shredTenant(
  vault: Rotating,
  tenant: string,
  progress: (line: string) => void,
  patienceMs = PATIENCE_MS,
): Promise<{ readonly keys: number; readonly cards: number }> {
  const { sql } = vault;
  const at = new Date(vault.now());
  await sql.transaction({ role: 'admin' }, async (inside) => {
    await inside.query(REVOKE, [tenant, at]);
    const act = {
      actor: 'operator',
      action: 'tenant.shred',
      outcome: 'ok',
      requestId: null,
    } as const;
    await insertAudit(inside, { ...act, tenant, at, resource: tenant });
  });
  return seized(sql, fingerprintKeysOf(tenant), (other) =>
    seized(sql, dataKeysOf(tenant), async (claim) => {
      await claim.transaction((inside) => retireAll(inside, tenant, at));
      const keys = await destroyAll(vault, tenant, claim);
      const alive = async () => {
        await other.renew();
        await claim.renew();
      };
      // Whoever had begun to store a card before would else leave it behind.
      await waitForOlder(sql, { patienceMs, progress, alive });
      for (const text of FORGOTTEN) await sql.as('worker').query(text, [tenant]);
      await forgetEvents(sql.as('worker'), tenant, new Date(Date.UTC(2200, 0)));
      return { keys, cards: await removeCards(vault, tenant, progress) };
    }),
  );
}

/** Destroys all keys of a tenant, those in use too: none of its cards opens again, in any copy. */
async function destroyAll({ sql, keys, now }: Rotating, tenant: string, claim: Claim) {
  const known = await listDataKeys(sql.as('rotator'), tenant);
  const due = known.filter(({ destroyedAt }) => destroyedAt === null);
  await claim.transaction(async (inside) => {
    await lockKeys(inside);
    for (const { id } of due) {
      destroyStored(keys, tenant, id);
      await noteDestroyed(inside, tenant, id, new Date(now()));
    }
    keys.tenants.destroyDrafts(tenant);
    destroyFingerprints(keys, tenant);
  });
  keys.forget(tenant);
  return due.length;
}

async function removeCards(
  { sql }: Rotating,
  tenant: string,
  progress: (line: string) => void,
): Promise<number> {
  let cards = 0;
  for (let gone = PORTION; gone > 0; ) {
    const [row] = await sql.as('api', tenant).query(REMOVE, [tenant]);
    gone = Number(row?.n);
    cards += gone;
    if (gone > 0) progress(`${cards} cards`);
  }
  return cards;
}
