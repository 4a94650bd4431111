import { newId } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { insertAudit, insertDeploymentAudit } from '../../audit/insert-audit.ts';
import { ensureTenantKeys } from '../../tenants/tenant-keys.ts';
import { insertTenant, listTenants, originsAtStake } from '../../tenants/tenant-store.ts';
import { asking, type Command, UsageError } from '../command.ts';
import { columns } from '../help.ts';
import { withVault } from '../with-vault.ts';
import { Line } from './key-wish.ts';

const Named = z.strictObject({
  name: Line.min(1),
  'stop-unproved': z.boolean().default(false),
});
/** So many are named with the command that proves them; a screen is for reading. */
const NAMED = 10;

export const tenantCreate: Command = {
  name: 'tenant create',
  summary: 'make a tenant, with data and fingerprint keys of its own',
  about: `A tenant is a merchant whose cards nobody else's key can reach: its rows, its data keys and its
fingerprints are its own. Equal cards of two tenants have different fingerprints. Make keys for it
with: hushfield key create

An origin that nobody has proved counts while its tenant is the only one. The second tenant ends that
within a second, and with it the first one's frames: so this refuses while there are such origins, and
says which. Prove them first: hushfield origin prove, with --vouched where no DNS can say so (localhost)`,
  example: 'hushfield tenant create --name "Corner shop"',
  options: {
    name: { type: 'string', says: 'what people call it' },
    'stop-unproved': { type: 'boolean', says: 'go on: frames on unproved origins stop at once' },
  },
  run: asking(Named, (desk, { name, 'stop-unproved': stops }) =>
    withVault(desk, async ({ sql, keys, now }) => {
      const tenant = newId('ten');
      const at = new Date(now());
      await sql.transaction({ role: 'admin' }, async (inside) => {
        if (!stops) refuseToStop(await originsAtStake(inside, at));
        await insertTenant(inside, tenant, name, at);
        await ensureTenantKeys(inside, keys, tenant, at);
        const act = {
          actor: 'operator',
          action: 'tenant.create',
          outcome: 'ok',
          requestId: null,
        } as const;
        await insertAudit(inside, { ...act, tenant, at, resource: tenant });
        await insertDeploymentAudit(inside, { at, action: 'tenant.create', resource: tenant });
      });
      return { text: tenant, data: { tenant, name } };
    }),
  ),
};

/**
 * A second tenant is made for another merchant, by somebody who thinks of that one: the first one's checkout is not
 * to go dark by the way.
 */
function refuseToStop(atStake: Awaited<ReturnType<typeof originsAtStake>>): void {
  const [first] = atStake;
  if (first === undefined) return;
  const proofs = atStake.map(
    ({ tenant, origin }) => `  hushfield origin prove --tenant ${tenant} --origin ${origin}`,
  );
  const more = atStake.length > NAMED ? [`  and ${atStake.length - NAMED} more`] : [];
  throw new UsageError(
    [
      `Origins of ${first.tenant} that nobody has proved: ${atStake.length}. They count only while it is the only tenant: with a second one, frames on them stop within a second. Prove them first (with --vouched where no DNS can say whose they are), or go on all the same with --stop-unproved.`,
      ...proofs.slice(0, NAMED),
      ...more,
    ].join('\n'),
  );
}

export const tenantList: Command = {
  name: 'tenant list',
  summary: 'list the tenants',
  about: 'Oldest first.',
  example: 'hushfield tenant list',
  options: {},
  run: (desk) =>
    withVault(desk, async ({ sql }) => {
      const tenants = await listTenants(sql.as('admin'));
      const rows = tenants.map(({ tenant, name, createdAt, shreddedAt }) => {
        const state = shreddedAt === null ? '' : `shredded ${day(shreddedAt)}`;
        return [tenant, day(createdAt), name, state];
      });
      return { text: columns(rows), data: { tenants } };
    }),
};

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}
