import * as z from 'zod';
import { shredTenant } from '../../rotation/shred-tenant.ts';
import { asking, type Command, UsageError } from '../command.ts';
import { requireKnown } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { TenantId } from './key-wish.ts';

const Asked = z.strictObject({ tenant: TenantId, confirm: z.string() });

export const tenantShred: Command = {
  name: 'tenant shred',
  summary: 'destroy all keys of a tenant, so that none of its cards opens again',
  about: `Revokes its API keys, on every node within a second; destroys its data and fingerprint keys, which makes
every copy of its cards unreadable, in backups too; and removes the cards. There is no way back, and
no backup brings them back, unless somebody copied the key store. Its audit entries stay, and so does its
name, marked as shredded: no key is made for it any more. Where one tenant is left, its origins count
again without a proof.`,
  example: 'hushfield tenant shred --tenant ten_… --confirm ten_…',
  options: {
    tenant: { type: 'string', value: 'id', says: 'whose' },
    confirm: { type: 'string', value: 'id', says: 'the same id once more' },
  },
  run: asking(Asked, (desk, { tenant, confirm }) =>
    withVault(desk, async (vault) => {
      if (confirm !== tenant) throw new UsageError('--confirm must be the same id as --tenant.');
      await requireKnown(vault.sql.as('admin'), tenant);
      const { keys, cards } = await shredTenant(vault, tenant, desk.progress);
      const text = `Destroyed ${keys} data keys; ${cards} cards are gone.`;
      return { text, data: { tenant, keys, cards } };
    }),
  ),
};
