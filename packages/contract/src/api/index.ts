import { createApiKey, getApiKey, listApiKeys, revokeApiKey, rollApiKey } from './api-keys.ts';
import { getAuditCheckpoint, listAuditEntries, proveAuditEntry } from './audit.ts';
import {
  createDestination,
  deleteDestination,
  getDestination,
  listDestinations,
  updateDestination,
} from './destinations.ts';
import { forward } from './forward.ts';
import { getEvent, listEvents } from './events.ts';
import { createGrant } from './grants.ts';
import { createSession, getSession } from './sessions.ts';
import {
  deleteToken,
  eraseCustomer,
  getToken,
  importToken,
  listTokens,
  revealToken,
  updateToken,
} from './tokens.ts';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookDeliveries,
  listWebhookEndpoints,
  replayWebhookEvents,
  rollWebhookSecret,
  updateWebhookEndpoint,
} from './webhook-endpoints.ts';

export { ApiKey } from './api-keys.ts';
export { AuditEntry } from './audit.ts';
export {
  Event,
  EVENT_TYPES,
  type EventData,
  EventId,
  EVENTS,
  type EventType,
} from './events.ts';
export {
  type AnswerOf,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  type Route,
  Scope,
} from './route.ts';
export { Session } from './sessions.ts';
export { BackendToken } from './shapes.ts';
export { BankAccountImport, CardImport, IbanImport, TextImport } from './tokens.ts';
export { Credentials, Destination, DestinationRecord } from './destinations.ts';
export { FORWARD_FIELDS, ForwardField } from './forward-parts.ts';
export { ForwardGrant, Grant } from './grants.ts';
export { Redaction } from './redaction.ts';
export { WebhookDelivery, WebhookEndpoint } from './webhook-endpoints.ts';

/** Every route for backends, by its id. */
export const API = {
  importToken,
  getToken,
  listTokens,
  updateToken,
  deleteToken,
  revealToken,
  createGrant,
  eraseCustomer,
  createApiKey,
  listApiKeys,
  getApiKey,
  rollApiKey,
  revokeApiKey,
  createSession,
  getSession,
  listAuditEntries,
  proveAuditEntry,
  getAuditCheckpoint,
  createDestination,
  listDestinations,
  getDestination,
  updateDestination,
  deleteDestination,
  forward,
  createWebhookEndpoint,
  listWebhookEndpoints,
  getWebhookEndpoint,
  updateWebhookEndpoint,
  deleteWebhookEndpoint,
  rollWebhookSecret,
  replayWebhookEvents,
  listWebhookDeliveries,
  listEvents,
  getEvent,
} as const;

/** What an answer that was shown once is repeated as. */
export { AlreadyAnswered } from './already-answered.ts';
