import { API } from '@hushfield/contract/api';
import type {
  EventQuery,
  NewWebhookEndpoint,
  WebhookDelivery,
  WebhookDeliveryQuery,
  WebhookEndpoint,
  WebhookEndpointChange,
  WebhookEndpointWish,
  WebhookEvent,
  WebhookReplay,
  WebhookReplayWish,
} from './event-types.ts';
import type { Ask, Transport } from './transport.ts';
import type { AlreadyAnswered, CallOptions, Page, PageOptions } from './types.ts';
import { verifyWebhook, type WebhookHeaders } from './verify-webhook.ts';

/** What you are told, and where. All but `verify` need `webhooks:manage`. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * As {@link verifyWebhook}, which needs no key of the API.
   *
   * @throws HushfieldError `webhook_not_verified`
   * @example
   * const event = hushfield.webhooks.verify(rawBody, request.headers, process.env.HUSHFIELD_WEBHOOK_SECRET);
   */
  verify(
    rawBody: string | Uint8Array,
    headers: WebhookHeaders,
    secret: string | undefined,
  ): WebhookEvent {
    return verifyWebhook(rawBody, headers, secret);
  }

  /** The answer holds the secret, this once. */
  create(
    wish: WebhookEndpointWish,
    options: CallOptions = {},
  ): Promise<NewWebhookEndpoint | AlreadyAnswered> {
    return this.#transport.call(API.createWebhookEndpoint, { ...options, body: wish });
  }

  list(options: CallOptions = {}): Promise<Page<WebhookEndpoint>> {
    return this.#transport.call(API.listWebhookEndpoints, options);
  }

  get(id: string, options: CallOptions = {}): Promise<WebhookEndpoint> {
    return this.#transport.call(API.getWebhookEndpoint, { ...options, params: { id } });
  }

  /** `{ status: 'enabled' }` begins anew with one that was disabled. */
  update(
    id: string,
    change: WebhookEndpointChange,
    options: CallOptions = {},
  ): Promise<WebhookEndpoint> {
    const ask: Ask = { ...options, params: { id }, body: change };
    return this.#transport.call(API.updateWebhookEndpoint, ask);
  }

  delete(id: string, options: CallOptions = {}): Promise<void> {
    return this.#transport.call(API.deleteWebhookEndpoint, { ...options, params: { id } });
  }

  /** @param overlap - seconds in which both secrets are signed with, up to seven days. */
  rollSecret(
    id: string,
    overlap: number,
    options: CallOptions = {},
  ): Promise<NewWebhookEndpoint | AlreadyAnswered> {
    const ask: Ask = { ...options, params: { id }, body: { overlap } };
    return this.#transport.call(API.rollWebhookSecret, ask);
  }

  /**
   * Tells an endpoint again of one event, or of those of a time. Each keeps its id.
   *
   * @example await hushfield.webhooks.replay(id, { from: '2026-11-26T00:00:00Z', undelivered: true });
   */
  replay(id: string, what: WebhookReplayWish, options: CallOptions = {}): Promise<WebhookReplay> {
    const ask: Ask = { ...options, params: { id }, body: what };
    return this.#transport.call(API.replayWebhookEvents, ask);
  }

  /** One page of what was sent to an endpoint, newest event first. */
  deliveries(
    id: string,
    query: WebhookDeliveryQuery & PageOptions = {},
    options: CallOptions = {},
  ): Promise<Page<WebhookDelivery>> {
    return this.#transport.call(API.listWebhookDeliveries, { ...options, params: { id }, query });
  }
}

/** What happened in the last thirty days. All need `events:read`. */
export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** One page, newest first. */
  page(
    query: EventQuery & PageOptions = {},
    options: CallOptions = {},
  ): Promise<Page<WebhookEvent>> {
    return this.#transport.call(API.listEvents, { ...options, query });
  }

  get(id: string, options: CallOptions = {}): Promise<WebhookEvent> {
    return this.#transport.call(API.getEvent, { ...options, params: { id } });
  }
}
