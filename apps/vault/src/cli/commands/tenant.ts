import { newId } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { insertAudit, insertDeploymentAudit } from '../../audit/insert-audit.ts';
import { ensureTenantKeys } from '../../tenants/tenant-keys.ts';
import { insertTenant, listTenants } from '../../tenants/tenant-store.ts';
import type { Command } from '../command.ts';
import { columns } from '../help.ts';
import { withVault } from '../with-vault.ts';
import { Line } from './key-wish.ts';

const Named = z.strictObject({ name: Line.min(1) });

export const tenantCreate: Command = {
  name: 'tenant create',
  summary: 'make a tenant, with data and fingerprint keys of its own',
  about: `A tenant is a merchant whose cards nobody else's key can reach: its rows, its data keys and its
fingerprints are its own. Equal cards of two tenants have different fingerprints. Make keys for it
with: hushfield key create`,
  example: 'hushfield tenant create --name "Corner shop"',
  options: { name: { type: 'string', says: 'what people call it' } },
  run: (desk, given) =>
    withVault(desk, async ({ sql, keys, now }) => {
      const { name } = Named.parse(given);
      const tenant = newId('ten');
      const at = new Date(now());
      await sql.transaction({ role: 'admin' }, async (inside) => {
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
};

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
