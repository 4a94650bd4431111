import { EVENT_TYPES, WebhookEndpoint } from '@hushfield/contract/api';
import * as z from 'zod';
import type { Transact } from '../../api/bind-routes.ts';
import { VaultError } from '../../app/vault-error.ts';
import { StartError } from '../../config.ts';
import type { Sql } from '../../db/sql.ts';
import type { Vault } from '../../vault.ts';
import {
  type Asker,
  createEndpoint,
  removeEndpoint,
  replay,
  rollSecret,
  sealing,
} from '../../webhooks/endpoint-acts.ts';
import { type Endpoint, listEndpoints } from '../../webhooks/endpoint-store.ts';
import type { Queued, Range } from '../../webhooks/replay.ts';
import { requireEndpointUrl } from '../../webhooks/webhook-url.ts';
import { asking, type Command } from '../command.ts';
import { columns } from '../help.ts';
import { requireKnown, requireTenant } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { Duration, TenantId } from './key-wish.ts';

const { description, id } = WebhookEndpoint.shape;
const EndpointId = z
  .string()
  .refine((text) => id.safeParse(text).success, 'is not the id of an endpoint');
const Type = z.enum(['*', ...EVENT_TYPES], 'is not a type of event; see apps/docs/webhooks.md');
const Time = z.iso.datetime({ error: 'is not a time like 2026-11-26T00:00:00Z' });

const Added = z.strictObject({
  tenant: TenantId,
  url: z.string(),
  event: z.array(Type).default(['*']),
  description: z
    .string()
    .refine((text) => description.safeParse(text).success, 'is not one line of 200 characters')
    .default(''),
});
const Listed = z.strictObject({ tenant: TenantId });
const Removed = z.strictObject({ tenant: TenantId, endpoint: EndpointId });
const Rolled = z.strictObject({ ...Removed.shape, overlap: Duration.prefault('24h') });
const Replayed = z.strictObject({
  ...Removed.shape,
  event: z.string().optional(),
  from: Time.optional(),
  to: Time.optional(),
  undelivered: z.boolean().default(false),
});

const tenant = { type: 'string', value: 'id', says: 'whose; see tenant list' } as const;
const endpoint = { type: 'string', value: 'id', says: 'whe_…; see webhook list' } as const;

export const webhookAdd: Command = {
  name: 'webhook add',
  summary: "tell a merchant's endpoint of events, signed",
  about: `By the Standard Webhooks specification, from now on. The secret is shown this once; \`webhook roll\` makes
another. https only, and never a host within, but for origins of EGRESS_WEBHOOK_ORIGINS.`,
  example:
    'hushfield webhook add --tenant ten_… --url https://shop.example/hook --event token.created',
  options: {
    tenant,
    url: { type: 'string', says: 'where it is told' },
    event: { type: 'string', value: 'type', says: 'may be repeated; all without', multiple: true },
    description: { type: 'string', value: 'text', says: 'a note for people' },
  },
  run: asking(Added, (desk, { event: types, url: text, ...wish }) =>
    withVault(desk, async (vault) => {
      await requireTenant(vault.sql.as('admin'), wish.tenant);
      const url = endpointUrl(vault, text);
      const by = operatorOf(vault, wish.tenant);
      const { endpoint: made, secret } = await sealing(
        vault,
        by.tenant,
        rowsOf(vault, by),
        (sql, key) => createEndpoint(sql, by, { url, types, description: wish.description }, key),
      );
      const data = { endpoint: made.endpoint_id, secret, publicKeys: made.public_keys };
      return { text: `${data.endpoint}\n${secret}`, data };
    }),
  ),
};

export const webhookList: Command = {
  name: 'webhook list',
  summary: "list a merchant's endpoints",
  about: 'Newest first, with since when nothing has arrived there.',
  example: 'hushfield webhook list --tenant ten_…',
  options: { tenant },
  run: asking(Listed, (desk, { tenant: whose }) =>
    withVault(desk, async (vault) => {
      await requireKnown(vault.sql.as('admin'), whose);
      const found = await listEndpoints(vault.sql.as('api', whose), operatorOf(vault, whose));
      const rows = found.map((each) => [each.endpoint_id, stateOf(each), each.url]);
      return { text: columns(rows), data: { endpoints: found.map(shown) } };
    }),
  ),
};

export const webhookRemove: Command = {
  name: 'webhook remove',
  summary: 'delete an endpoint with its secrets',
  about: 'Nothing is sent there any more, but for what leaves at this moment.',
  example: 'hushfield webhook remove --tenant ten_… --endpoint whe_…',
  options: { tenant, endpoint },
  run: asking(Removed, (desk, wish) =>
    withVault(desk, async (vault) => {
      const by = operatorOf(vault, wish.tenant);
      const removed = await inRows(vault, by, (sql) => removeEndpoint(sql, by, wish.endpoint));
      const data = { endpoint: wish.endpoint, removed };
      return { text: removed ? 'Removed.' : 'There was none.', data };
    }),
  ),
};

export const webhookRoll: Command = {
  name: 'webhook roll',
  summary: 'sign what an endpoint is told with another secret',
  about: `For the overlap each request is signed with both, so that a receiver may know either. Put the new secret
into the receiver within that time. With --overlap 0m the old one ends at once.`,
  example: 'hushfield webhook roll --tenant ten_… --endpoint whe_… --overlap 48h',
  options: {
    tenant,
    endpoint,
    overlap: { type: 'string', value: '24h', says: 'how long both are signed with; 24h without' },
  },
  run: asking(Rolled, (desk, { endpoint: which, overlap, tenant: whose }) =>
    withVault(desk, async (vault) => {
      const by = operatorOf(vault, whose);
      const issued = await sealing(vault, whose, rowsOf(vault, by), (sql, key) =>
        rollSecret(sql, by, which, key, overlap),
      );
      return { text: issued.secret, data: { endpoint: which, secret: issued.secret } };
    }),
  ),
};

export const webhookReplay: Command = {
  name: 'webhook replay',
  summary: 'tell an endpoint again of one event, or of those of a time',
  about: `Each event keeps its id, by which a receiver knows what it has acted on. Events are kept for thirty days.`,
  example: 'hushfield webhook replay --tenant ten_… --endpoint whe_… --from 2026-11-26T00:00:00Z',
  options: {
    tenant,
    endpoint,
    event: { type: 'string', value: 'id', says: 'this one alone' },
    from: { type: 'string', value: 'time', says: 'those that happened then or later' },
    to: { type: 'string', value: 'time', says: 'up to then; until now without' },
    undelivered: { type: 'boolean', says: 'leave out what has arrived' },
  },
  run: asking(Replayed, (desk, { event, from, to, undelivered, ...wish }) =>
    withVault(desk, async (vault) => {
      if ((event === undefined) === (from === undefined))
        throw new StartError('Give --event, or --from.');
      const by = operatorOf(vault, wish.tenant);
      let events = 0;
      const until = to === undefined ? by.now : new Date(to);
      const all: Range = { from: new Date(from ?? 0), to: until, undelivered };
      for (let range: Range | undefined = all; range !== undefined; ) {
        const what: string | Range = event ?? range;
        const queued: Queued = await inRows(vault, by, (sql) =>
          replay(sql, by, wish.endpoint, what),
        );
        events += queued.events;
        const { next } = queued;
        range = next && { ...all, from: next.at, after: next.id };
        if (range !== undefined) desk.progress(`${events} events`);
      }
      return { text: `${events} under way.`, data: { endpoint: wish.endpoint, events } };
    }),
  ),
};

function operatorOf({ mode, now }: Vault, whose: string): Asker {
  const who = { actor: 'operator', requestId: null, address: null } as const;
  return { ...who, tenant: whose, mode, now: new Date(now()) };
}

/** In the merchant's own rows, as if it had asked itself. */
async function inRows<T>(
  { sql }: Vault,
  { tenant: whose }: Asker,
  work: (inside: Sql) => Promise<T>,
): Promise<T> {
  try {
    return await sql.transaction({ role: 'api', tenant: whose }, work);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new StartError(
      error.code === 'not_found'
        ? 'There is no such endpoint of this tenant, or no such event.'
        : 'The tenant has as many endpoints as it may; remove one first.',
    );
  }
}

function rowsOf(vault: Vault, by: Asker): Transact {
  return (work) => inRows(vault, by, work);
}

function endpointUrl(vault: Vault, text: string): string {
  try {
    return requireEndpointUrl(text, vault.webhookOrigins);
  } catch {
    throw new StartError(
      'No endpoint may be there: https only, without user and fragment, and no host within.',
    );
  }
}

function stateOf({ status, disabled_reason, failing_since }: Endpoint): string {
  if (disabled_reason !== null) return `${status}: ${disabled_reason}`;
  return failing_since === null ? status : `failing since ${failing_since.toISOString()}`;
}

function shown({ endpoint_id, url, types, description: note, status, ...rest }: Endpoint) {
  const { disabled_reason: disabledReason, failing_since: failingSince } = rest;
  return {
    ...{ endpoint: endpoint_id, url, events: types, description: note, status, disabledReason },
    failingSince,
  };
}
