import { WebhookEndpoint } from '@hushfield/contract/api';
import { VaultError } from '../app/vault-error.ts';
import { refuseCardText } from '../tokens/refuse-card-text.ts';
import type { Vault } from '../vault.ts';
import { listDeliveries } from '../webhooks/delivery-log.ts';
import {
  changeEndpoint,
  createEndpoint,
  type Issued,
  removeEndpoint,
  replay,
  requireEndpoint,
  rollSecret,
  sealing,
} from '../webhooks/endpoint-acts.ts';
import { type Endpoint, listEndpoints } from '../webhooks/endpoint-store.ts';
import { requireEndpointUrl } from '../webhooks/webhook-url.ts';
import { byOf, type Handlers } from './bind-routes.ts';
import { cursorOf, positionOf } from './event-handlers.ts';

const PAGE = 20;

type WebhookHandlers = Pick<
  Handlers,
  | 'createWebhookEndpoint'
  | 'listWebhookEndpoints'
  | 'getWebhookEndpoint'
  | 'updateWebhookEndpoint'
  | 'deleteWebhookEndpoint'
  | 'rollWebhookSecret'
  | 'replayWebhookEvents'
  | 'listWebhookDeliveries'
>;

/** What a backend may do with the places that it is told at. */
export function webhookHandlers(vault: Vault): WebhookHandlers {
  const allowed = vault.webhookOrigins;
  return {
    async createWebhookEndpoint({ body }, caller) {
      const { events, description = '' } = body;
      refuseCardText('description', description, body.url);
      const url = requireEndpointUrl(body.url, allowed);
      const wish = { url, types: events, description };
      return sealing(vault, caller.key.tenant, caller.transact, async (sql, dataKey) =>
        shown(await createEndpoint(sql, byOf(caller), wish, dataKey)),
      );
    },

    async listWebhookEndpoints(_input, caller) {
      const endpoints = await listEndpoints(caller.sql, byOf(caller));
      return { object: 'list', data: endpoints.map(viewOf), nextCursor: null };
    },

    async getWebhookEndpoint({ params }, caller) {
      return viewOf(await requireEndpoint(caller.sql, byOf(caller), params.id));
    },

    async updateWebhookEndpoint({ params, body }, caller) {
      const { url, events: types, description, status } = body;
      refuseCardText('description', description, url);
      const change = {
        ...{ types, description, status },
        url: url === undefined ? undefined : requireEndpointUrl(url, allowed),
      };
      return caller.transact(async (sql) =>
        viewOf(await changeEndpoint(sql, byOf(caller), params.id, change)),
      );
    },

    async deleteWebhookEndpoint({ params }, caller) {
      const removed = await caller.transact((sql) => removeEndpoint(sql, byOf(caller), params.id));
      if (!removed) throw VaultError.because('not_found', 'record_missing');
      return undefined;
    },

    async rollWebhookSecret({ params, body }, caller) {
      const overlapMs = body.overlap * 1_000;
      return sealing(vault, caller.key.tenant, caller.transact, async (sql, dataKey) =>
        shown(await rollSecret(sql, byOf(caller), params.id, dataKey, overlapMs)),
      );
    },

    async replayWebhookEvents({ params, body }, caller) {
      const what = 'event' in body ? body.event : rangeOf(body, caller.now);
      return caller.transact(async (sql) => {
        const { events, next } = await replay(sql, byOf(caller), params.id, what);
        const rest = { next: next?.at.toISOString() ?? null, after: next?.id ?? null };
        const complete = next === undefined;
        return { id: params.id, object: 'webhook_replay', events, complete, ...rest } as const;
      });
    },

    async listWebhookDeliveries({ params, query }, caller) {
      const { state, event, cursor, limit = PAGE } = query;
      const after = cursor === undefined ? undefined : positionOf(cursor);
      const endpoint = await requireEndpoint(caller.sql, byOf(caller), params.id);
      const wish = { state, event, after, limit };
      const { deliveries, end } = await listDeliveries(caller.sql, endpoint, wish);
      const nextCursor = end === undefined ? null : cursorOf(end);
      return { object: 'list', data: deliveries, nextCursor };
    },
  };
}

type RangeBody = {
  readonly from: string;
  readonly after?: string | undefined;
  readonly to?: string | undefined;
  readonly undelivered?: boolean | undefined;
};

function rangeOf({ from, after, to, undelivered = false }: RangeBody, now: Date) {
  const until = to === undefined ? now : new Date(to);
  const range = { from: new Date(from), after, to: until, undelivered };
  if (range.from > range.to) throw VaultError.because('invalid_request', 'body_form');
  return range;
}

function shown({ endpoint, secret }: Issued) {
  return { ...viewOf(endpoint), secret };
}

function viewOf(row: Endpoint): WebhookEndpoint {
  return WebhookEndpoint.parse({
    id: row.endpoint_id,
    object: 'webhook_endpoint',
    mode: row.mode,
    url: row.url,
    events: row.types,
    description: row.description,
    status: row.status,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since?.toISOString() ?? null,
    publicKeys: row.public_keys,
    createdAt: row.created_at.toISOString(),
  });
}
