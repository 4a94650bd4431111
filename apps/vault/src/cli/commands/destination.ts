import * as z from 'zod';
import {
  type Administrator,
  changeDestination,
  readDestination,
  readDestinations,
  removeDestination,
} from '../../destinations/manage-destinations.ts';
import type { Transact } from '../../api/bind-routes.ts';
import { originOf } from '../../forward/judge-path.ts';
import type { Vault } from '../../vault.ts';
import { asking, type Command } from '../command.ts';
import { columns } from '../help.ts';
import { requireKnown } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { TenantId } from './key-wish.ts';

const DestinationId = z.string().regex(/^dst_[0-9A-Za-z]{22}$/, 'is not the id of a destination');
const Named = z.strictObject({ tenant: TenantId, destination: DestinationId });
const Listed = z.strictObject({ tenant: TenantId });

const OF = { type: 'string', value: 'id', says: 'whose; see tenant list' } as const;
const WHICH = { type: 'string', value: 'id', says: 'which; see destination list' } as const;

/** An operator at the command line. */
export function asAdministrator({ mode, now }: Vault, tenant: string): Administrator {
  const at = new Date(now());
  return { tenant, mode, actor: 'operator', requestId: null, address: null, now: at };
}

/** The way to a tenant's rows. */
export function inTenant({ sql }: Vault, tenant: string) {
  const transact: Transact = (work) => sql.transaction({ role: 'api', tenant }, work);
  return { sql: sql.as('api', tenant), transact };
}

export const destinationList: Command = {
  name: 'destination list',
  summary: 'list where a tenant’s cards may be sent',
  about: 'Newest first, without credentials.',
  example: 'hushfield destination list --tenant ten_…',
  options: { tenant: OF },
  run: asking(Listed, (desk, { tenant }) =>
    withVault(desk, async (vault) => {
      await requireKnown(vault.sql.as('admin'), tenant);
      const { sql, mode } = vault;
      const all = await readDestinations(vault, sql.as('api', tenant), { tenant, mode });
      const rows = all.map((each) => [
        each.id,
        each.state,
        originOf(each),
        each.format,
        each.label,
      ]);
      return { text: columns([HEAD, ...rows]), data: { destinations: all } };
    }),
  ),
};

const HEAD = ['id', 'state', 'where', 'format', 'label'];

export const destinationShow: Command = {
  name: 'destination show',
  summary: 'show all that may be sent to a destination',
  about: 'The record in JSON, without credentials.',
  example: 'hushfield destination show --tenant ten_… --destination dst_…',
  options: { tenant: OF, destination: WHICH },
  run: asking(Named, (desk, { tenant, destination }) =>
    withVault(desk, async (vault) => {
      const whose = { tenant, mode: vault.mode };
      const data = await readDestination(vault, vault.sql.as('api', tenant), whose, destination);
      return { text: JSON.stringify(data, null, 2), data };
    }),
  ),
};

function turned(
  state: 'active' | 'disabled',
  words: Pick<Command, 'name' | 'summary' | 'about'>,
): Command {
  return {
    ...words,
    example: `hushfield ${words.name} --tenant ten_… --destination dst_…`,
    options: { tenant: OF, destination: WHICH },
    run: asking(Named, (desk, { tenant, destination }) =>
      withVault(desk, async (vault) => {
        const by = asAdministrator(vault, tenant);
        const data = await changeDestination(vault, by, inTenant(vault, tenant), destination, {
          state,
        });
        return { text: `${destination} is ${data.state}.`, data };
      }),
    ),
  };
}

export const destinationDisable = turned('disabled', {
  name: 'destination disable',
  summary: 'send nothing to a destination for now',
  about: 'What is under way comes to its end. destination enable takes it up again.',
});
export const destinationEnable = turned('active', {
  name: 'destination enable',
  summary: 'send to a destination again',
  about: 'After destination disable.',
});

export const destinationRemove: Command = {
  name: 'destination remove',
  summary: 'end a destination, with its credentials',
  about: 'Nothing is sent there any more. What was sent stands in the trail.',
  example: 'hushfield destination remove --tenant ten_… --destination dst_…',
  options: { tenant: OF, destination: WHICH },
  run: asking(Named, (desk, { tenant, destination }) =>
    withVault(desk, async (vault) => {
      const by = asAdministrator(vault, tenant);
      const removed = await inTenant(vault, tenant).transact((sql) =>
        removeDestination(sql, by, destination),
      );
      const text = removed ? 'Removed.' : 'There was none.';
      return { text, data: { destination, removed } };
    }),
  ),
};
