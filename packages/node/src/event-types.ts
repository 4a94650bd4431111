type EventOf<T extends string, D> = {
  /** `evt_…`, the same at each try: keep those that you have acted on. */
  id: string;
  object: 'event';
  type: T;
  mode: 'test' | 'live';
  /** When it happened: ISO 8601, UTC. */
  timestamp: string;
  data: D;
};

/** A key that the vault itself works with. */
export type VaultKey =
  | 'data_key'
  | 'fingerprint_key'
  | 'kek'
  | 'receive'
  | 'ticket'
  | 'session'
  | 'manifest'
  | 'audit'
  | 'pepper';

/** Why an endpoint is told of nothing any more. */
export type DisabledReason = 'asked' | 'failing' | 'gone';

/**
 * What you are told, by `type`. It says what it concerns, by id, and never anything of a card. A vault may be newer
 * than this client and tell of more: leave out what you do not know.
 */
export type WebhookEvent =
  | EventOf<
      'token.created' | 'token.imported' | 'token.updated' | 'token.deleted' | 'token.expired',
      { token: string }
    >
  | EventOf<'token.revealed', { token: string; redaction: 'plain' | 'masked' | 'last4' }>
  | EventOf<'session.blocked', { ticket: string; session: null; reason: string }>
  | EventOf<'key.created' | 'key.rolled' | 'key.revoked' | 'key.exposed', { key: string }>
  | EventOf<'limits.tripped', { key: string; limit: string }>
  | EventOf<'encryption_key.rotated', { what: VaultKey; key: string }>
  | EventOf<'audit.checkpointed', { size: number; checkpoint: string }>
  | EventOf<
      | 'destination.created'
      | 'destination.updated'
      | 'destination.disabled'
      | 'destination.deleted',
      { destination: string }
    >
  | EventOf<'echo.detected', { destination: string; token: string | null }>
  | EventOf<
      'webhook_endpoint.updated' | 'webhook_endpoint.secret_rolled' | 'webhook_endpoint.deleted',
      { endpoint: string }
    >
  | EventOf<'webhook_endpoint.disabled', { endpoint: string; reason: DisabledReason }>;

export type WebhookEventType = WebhookEvent['type'];

/** A place of yours that is told of events. */
export type WebhookEndpoint = {
  /** `whe_…` */
  id: string;
  object: 'webhook_endpoint';
  mode: 'test' | 'live';
  url: string;
  /** `['*']` for all that there are and will be. */
  events: string[];
  description: string;
  status: 'enabled' | 'disabled';
  disabledReason: DisabledReason | null;
  /** Since when nothing has arrived there. */
  failingSince: string | null;
  /** `whpk_…` of each secret that is signed with, newest first. */
  publicKeys: string[];
  createdAt: string;
};
/** With the secret for `verify`, this once. */
export type NewWebhookEndpoint = WebhookEndpoint & { secret: string };

export type WebhookEndpointWish = {
  url: string;
  events: ['*'] | WebhookEventType[];
  description?: string;
};

/** What is left out stays. */
export type WebhookEndpointChange = Partial<WebhookEndpointWish> & {
  status?: 'enabled' | 'disabled';
};

/** One event, or those of a time. */
export type WebhookReplayWish =
  | { event: string }
  | {
      from: string;
      /** Of those that happened at `from`, only what comes behind this event. */
      after?: string;
      /** Until now without. */
      to?: string;
      /** Leaves out what has arrived. */
      undelivered?: boolean;
    };

export type WebhookReplay = {
  /** Of the endpoint. */
  id: string;
  object: 'webhook_replay';
  events: number;
  complete: boolean;
  /** Where to go on when it is not complete: `from` of the next wish. */
  next: string | null;
  /** Behind which event of that time: `after` of the next wish. */
  after: string | null;
};

/** An event on its way to an endpoint, and each try. */
export type WebhookDelivery = {
  object: 'webhook_delivery';
  endpoint: string;
  event: string;
  type: string;
  state: 'pending' | 'delivered' | 'failed';
  nextAttemptAt: string | null;
  attempts: { at: string; status: number | null; durationMs: number; reason: string }[];
};

export type WebhookDeliveryQuery = {
  state?: WebhookDelivery['state'];
  event?: string;
};

export type EventQuery = {
  type?: WebhookEventType;
  /** Those that happened then or later. */
  since?: string;
};
