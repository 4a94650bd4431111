import type { API } from '@hushfield/contract/api';

/** Every act that leaves an entry, and what its `resource` names. */
export const ACTIONS = {
  'token.create': 'what was typed in a page was traded for a token, or refused: the token',
  'token.import': 'a backend or an operator stored a card: the token',
  'token.update': 'end, customer or metadata of a token were changed: the token',
  'token.code_collect': 'a security code was collected again for a card, or refused: the token',
  'token.delete': 'a token was deleted with what it stood for: the token',
  'token.expire': 'the worker forgot a token whose time was over: the token',
  'token.reveal': 'what a token stands for was given out, whole or in part: the token',
  'grant.create':
    'a backend let a page show what a token stands for, once: the token, and as its outcome how much and by which grant',
  'forward.intent':
    'what a token stands for is about to be sent: the token, or the destination where it is of none, and as its outcome by which request, where to and what of it',
  'forward.outcome':
    'what came of that: the same, and as its outcome the request and what is known of it: answered, not_sent or unknown',
  'forward.refuse':
    'a key asked for what a destination’s record or a grant does not allow: the destination, and as its outcome what',
  'destination.create': 'an administrator let cards be sent somewhere: the destination',
  'destination.update':
    'a destination was disabled or taken up again, or got other credentials: the destination',
  'destination.delete': 'an administrator ended a destination: the destination',
  'ticket.burn': 'a frame that was attacked gave its ticket back: the ticket',
  'session.create': 'a backend let a page tokenize: the session',
  'key.create': 'an API key was made: the key',
  'key.roll': 'an API key got a successor: the key',
  'key.revoke': 'an API key was ended: the key',
  'key.exposed': 'a browser sent a secret key: the key',
  'key.refused': 'a key came from where it may not, or for what it may not: the key',
  'audit.read': 'somebody looked into the trail',
  'limits.trip': 'a publishable key was used more than it should be: the key',
  'webhook_endpoint.create':
    'a backend or an operator set up an endpoint to be told of events: the endpoint',
  'webhook_endpoint.update':
    'where an endpoint is, or what it is told of, was changed: the endpoint',
  'webhook_endpoint.disable':
    'an endpoint is told of nothing any more, and as its outcome why: the endpoint',
  'webhook_endpoint.delete': 'an endpoint was deleted: the endpoint',
  'webhook_endpoint.roll': 'what an endpoint is told is signed by another secret: the endpoint',
  'webhook_endpoint.replay': 'an endpoint is told again of earlier events: the endpoint',
  'origin.prove': 'an operator took an origin for proved, or vouched for it: the origin',
  'text_policy.create': 'an operator let pages collect a secret text: the rule',
  'text_policy.delete': 'an operator ended a rule for secret texts: the rule',
  'tenant.create': 'a tenant was made: the tenant',
  'tenant.shred': 'all keys of a tenant were destroyed: the tenant',
  'data_key.rotate': 'a tenant got a new data key: the key',
  'data_key.destroy': 'a retired data key was destroyed: the key',
  'fingerprint_key.rotate': 'a tenant got a new fingerprint key: its number',
  'fingerprint_key.destroy': 'earlier fingerprint keys were destroyed: below which number',
  'kek.rotate': 'every key was wrapped under a new KEK: its number',
  'receive.create': 'the worker made the next key for frames to seal to: the key',
  'receive.destroy': 'a key that nothing is opened with any more was destroyed: the key',
  'secret.destroy':
    'a key whose successor took over was destroyed: its name and since when it was used',
  'receive.rotate': 'frames were given another key to seal to: the key',
  'ticket.rotate': 'tickets are signed by another key: since when',
  'session.rotate': 'sessions are signed by another key: since when',
  'manifest.rotate': 'lists of receive keys are signed by another key: since when',
  'audit.rotate': 'states of this log are signed by another key: since when',
  'pepper.rotate': 'API keys are hashed with another pepper: since when',
  'pepper.destroy': 'an earlier pepper was destroyed: since when it was used',
  'root.install': 'the word of the root for a manifest key was installed: the key',
  'schema.migrate': 'the schema was brought forward: to which file',
  'log.start': 'a worker began to give entries their places',
  'log.stop': 'a worker ended doing so, in order',
} as const satisfies Readonly<Record<string, string>>;
export type Action = keyof typeof ACTIONS;

/** Reads nothing of a card and changes nothing. */
const NOTHING: readonly Action[] = [];

/** What each route leaves when it does what it is for; one without a row does not compile. */
export const ROUTE_ACTS: Readonly<
  Record<
    keyof typeof API | 'tokenize' | 'collectCode' | 'useGrant' | 'burnTicket',
    readonly Action[]
  >
> = {
  tokenize: ['token.create'],
  // By the same address as tokenize, in the same seal.
  collectCode: ['token.code_collect'],
  useGrant: ['token.reveal'],
  burnTicket: ['ticket.burn'],
  importToken: ['token.import'],
  getToken: NOTHING,
  listTokens: NOTHING,
  updateToken: ['token.update'],
  deleteToken: ['token.delete'],
  revealToken: ['token.reveal'],
  createGrant: ['grant.create'],
  eraseCustomer: ['token.delete'],
  createApiKey: ['key.create'],
  listApiKeys: NOTHING,
  getApiKey: NOTHING,
  rollApiKey: ['key.roll'],
  revokeApiKey: ['key.revoke'],
  createSession: ['session.create'],
  getSession: NOTHING,
  listAuditEntries: ['audit.read'],
  proveAuditEntry: ['audit.read'],
  getAuditCheckpoint: NOTHING,
  createDestination: ['destination.create'],
  listDestinations: NOTHING,
  getDestination: NOTHING,
  updateDestination: ['destination.update'],
  deleteDestination: ['destination.delete'],
  forward: ['forward.intent', 'forward.outcome'],
  createWebhookEndpoint: ['webhook_endpoint.create'],
  listWebhookEndpoints: NOTHING,
  getWebhookEndpoint: NOTHING,
  updateWebhookEndpoint: ['webhook_endpoint.update'],
  deleteWebhookEndpoint: ['webhook_endpoint.delete'],
  rollWebhookSecret: ['webhook_endpoint.roll'],
  replayWebhookEvents: ['webhook_endpoint.replay'],
  listWebhookDeliveries: NOTHING,
  listEvents: NOTHING,
  getEvent: NOTHING,
};

/** The same for commands; what they leave may depend on what they are asked for. */
export const COMMAND_ACTS: Readonly<Record<string, readonly Action[]>> = {
  doctor: NOTHING,
  migrate: ['schema.migrate'],
  'tenant create': ['tenant.create'],
  'tenant list': NOTHING,
  'tenant shred': ['data_key.destroy', 'tenant.shred'],
  'key create': ['key.create'],
  'key list': NOTHING,
  'key roll': ['key.roll'],
  'key revoke': ['key.revoke'],
  'keys rotate': [
    'audit.rotate',
    'data_key.rotate',
    'fingerprint_key.destroy',
    'fingerprint_key.rotate',
    'kek.rotate',
    'manifest.rotate',
    'pepper.rotate',
    'receive.rotate',
    'session.rotate',
    'ticket.rotate',
  ],
  'origin prove': ['origin.prove'],
  'text-policy add': ['text_policy.create'],
  'text-policy list': NOTHING,
  'text-policy remove': ['text_policy.delete'],
  'destination add': ['destination.create'],
  'destination list': NOTHING,
  'destination show': NOTHING,
  'destination disable': ['destination.update'],
  'destination enable': ['destination.update'],
  'destination remove': ['destination.delete'],
  import: ['token.import'],
  'webhook add': ['webhook_endpoint.create'],
  'webhook list': NOTHING,
  'webhook remove': ['webhook_endpoint.delete'],
  'webhook roll': ['webhook_endpoint.roll'],
  'webhook replay': ['webhook_endpoint.replay'],
  // By way of the API, with a key.
  listen: NOTHING,
  // On a machine without the database; what comes of it is installed, and that is an entry.
  'root create': NOTHING,
  'root request': NOTHING,
  'root sign': NOTHING,
  'root install': ['root.install'],
  'audit key': NOTHING,
  'audit verify': ['audit.read'],
  'audit show': ['audit.read'],
  'audit export': ['audit.read'],
  serve: ['log.start', 'log.stop'],
};
