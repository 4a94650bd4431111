import { resolveTxt } from 'node:dns/promises';
import * as z from 'zod';
import { insertAudit } from '../../audit/insert-audit.ts';
import { proveOrigin } from '../../tenants/tenant-store.ts';
import { standsOnFieldsSite } from '../../tenants/fields-site.ts';
import { asking, type Command, UsageError } from '../command.ts';
import { requireKnown } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { ON_FIELDS_SITE, Origin, TenantId } from './key-wish.ts';

const Asked = z.strictObject({
  tenant: TenantId,
  origin: Origin,
  vouched: z.boolean().default(false),
});

export const originProve: Command = {
  name: 'origin prove',
  summary: 'check that a tenant controls an origin it registered',
  about: `With several tenants, frames work only on origins that their tenant has shown to control; else one could
register another's checkout. The proof is a TXT record of the origin's host:

  _hushfield.shop.example  TXT  "hushfield-tenant=ten_…"

With --vouched you answer for it yourself, and the audit log says so.`,
  example: 'hushfield origin prove --tenant ten_… --origin https://shop.example',
  options: {
    tenant: { type: 'string', value: 'id', says: 'who registered it' },
    origin: { type: 'string', value: 'origin', says: 'scheme, host and port' },
    vouched: { type: 'boolean', says: 'look at no record: you have seen a proof yourself' },
  },
  run: asking(Asked, (desk, { tenant, origin, vouched }) =>
    withVault(desk, async (vault) => {
      const { sql, now } = vault;
      await requireKnown(sql.as('admin'), tenant);
      if (standsOnFieldsSite(vault, [origin])) throw new UsageError(ON_FIELDS_SITE);
      if (!vouched && !(await hasRecord(origin, tenant))) {
        const text = `There is no TXT record _hushfield.${new URL(origin).hostname} that says hushfield-tenant=${tenant}.`;
        return { text, data: { proved: false }, exitCode: 1 };
      }
      const at = new Date(now());
      const count = await sql.transaction({ role: 'admin' }, async (inside) => {
        const proved = await proveOrigin(inside, tenant, origin, at);
        if (proved === 0) throw new UsageError('No key of that tenant has registered that origin.');
        const outcome = vouched ? 'vouched' : 'proved';
        const act = { actor: 'operator', action: 'origin.prove', requestId: null } as const;
        await insertAudit(inside, { ...act, tenant, at, resource: origin, outcome });
        return proved;
      });
      return { text: `Proved, for ${count} keys.`, data: { proved: true, keys: count } };
    }),
  ),
};

async function hasRecord(origin: string, tenant: string): Promise<boolean> {
  const name = `_hushfield.${new URL(origin).hostname}`;
  const records = await resolveTxt(name).catch(() => []);
  return records.some((parts) => parts.join('') === `hushfield-tenant=${tenant}`);
}
