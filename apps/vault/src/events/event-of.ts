import type { EventType } from '@hushfield/contract/api';
import type { Action } from '../audit/catalogue.ts';

/**
 * The event that the entry of each act writes, by a trigger of the database (`0026_events.sql`, `0029_endpoint_events.sql`): null where the
 * act is nothing to tell a merchant of; `emitted` where the act calls `emitEvent` itself, since its event says
 * more than the entry. An action without a row does not compile.
 */
export const EVENT_OF: Readonly<Record<Action, EventType | 'emitted' | null>> = {
  'token.create': 'token.created',
  'token.import': 'token.imported',
  'token.update': 'token.updated',
  // The page that asked for it knows, and it is there for an hour.
  'token.code_collect': null,
  'token.delete': 'token.deleted',
  'token.expire': 'token.expired',
  'token.reveal': 'token.revealed',
  // Nothing was shown yet.
  'grant.create': null,
  // What the gateway says of it is the merchant's to know from the gateway.
  'forward.intent': null,
  // Of an echo, the act itself tells.
  'forward.outcome': 'emitted',
  'forward.refuse': null,
  'destination.create': 'emitted',
  'destination.update': 'emitted',
  'destination.delete': 'emitted',
  'ticket.burn': 'session.blocked',
  'session.create': null,
  'key.create': 'key.created',
  'key.roll': 'key.rolled',
  'key.revoke': 'key.revoked',
  'key.exposed': 'key.exposed',
  // Anybody who has found an ended key could ring a merchant's bell with it.
  'key.refused': null,
  'audit.read': null,
  'limits.trip': 'limits.tripped',
  'webhook_endpoint.create': null,
  'webhook_endpoint.update': 'webhook_endpoint.updated',
  'webhook_endpoint.disable': 'webhook_endpoint.disabled',
  'webhook_endpoint.delete': 'webhook_endpoint.deleted',
  'webhook_endpoint.roll': 'webhook_endpoint.secret_rolled',
  'webhook_endpoint.replay': null,
  'origin.prove': null,
  'text_policy.create': null,
  'text_policy.delete': null,
  'tenant.create': null,
  // There is nobody left to tell, and no key to sign with.
  'tenant.shred': null,
  'data_key.rotate': 'encryption_key.rotated',
  'data_key.destroy': null,
  'fingerprint_key.rotate': 'encryption_key.rotated',
  'fingerprint_key.destroy': null,
  'kek.rotate': 'encryption_key.rotated',
  'receive.create': null,
  'receive.destroy': null,
  'secret.destroy': null,
  'receive.rotate': 'encryption_key.rotated',
  'ticket.rotate': 'encryption_key.rotated',
  'session.rotate': 'encryption_key.rotated',
  'manifest.rotate': 'encryption_key.rotated',
  'audit.rotate': 'encryption_key.rotated',
  'pepper.rotate': 'encryption_key.rotated',
  'pepper.destroy': null,
  'root.install': null,
  'schema.migrate': null,
  'log.start': null,
  'log.stop': null,
};
