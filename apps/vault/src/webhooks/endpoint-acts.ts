import type { DataKey } from '@hushfield/crypto/envelope';
import { newId } from '@hushfield/crypto/token-id';
import { VaultError } from '../app/vault-error.ts';
import type { Action } from '../audit/catalogue.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import {
  deleteEndpoint,
  type EndpointChange,
  endSecrets,
  findEndpoint,
  insertEndpoint,
  insertSecret,
  updateEndpoint,
  type Endpoint,
} from './endpoint-store.ts';
import { queueAgain, type Range } from './replay.ts';
import { newWebhookSecret, sealSecret, secretText, wipeSecret } from './webhook-secret.ts';

/** Who asks; an operator's command has no request. */
export type Asker = Omit<By, 'requestId'> & { readonly requestId: string | null };

/** What a new endpoint is to be. */
export type EndpointWish = {
  readonly url: string;
  readonly types: readonly string[];
  readonly description: string;
};

/** An endpoint with its secret, which is here once, and nowhere else in clear. */
export type Issued = { readonly endpoint: Endpoint; readonly secret: string };

/**
 * A copy of the key to seal a secret under: what the store gives out may be wiped while a transaction runs, and
 * none waits for the KEK. Whoever asks wipes it.
 */
export async function sealingKey({ keys }: Pick<Vault, 'keys'>, tenant: string): Promise<DataKey> {
  const { id, key } = (await keys.tenantKeys(tenant)).pan;
  return { id, key: Uint8Array.from(key) };
}

/**
 * Makes an endpoint; nothing when its key was retired meanwhile. In a transaction of the caller's, as all of these.
 *
 * @throws VaultError `policy_denied` for one too many.
 */
export async function createEndpoint(
  sql: Sql,
  by: Asker,
  wish: EndpointWish,
  dataKey: DataKey,
): Promise<Issued | undefined> {
  const { tenant, mode, now } = by;
  const endpoint_id = newId('whe');
  const { url, types, description } = wish;
  const row = { tenant, endpoint_id, mode, url, types: [...types], description, created_at: now };
  if (!(await insertEndpoint(sql, row)))
    throw VaultError.because('policy_denied', 'endpoints_many');
  return issued(sql, by, endpoint_id, dataKey, 'webhook_endpoint.create');
}

/** Signs with another secret from now on, and for the overlap with the last one too; nothing when its key was retired. */
export async function rollSecret(
  sql: Sql,
  by: Asker,
  endpointId: string,
  dataKey: DataKey,
  overlapMs: number,
): Promise<Issued | undefined> {
  const endpoint = await requireEndpoint(sql, by, endpointId);
  await endSecrets(sql, endpoint, by.now, new Date(by.now.getTime() + overlapMs));
  return issued(sql, by, endpointId, dataKey, 'webhook_endpoint.roll');
}

/** @throws VaultError `not_found`. */
export async function changeEndpoint(
  sql: Sql,
  by: Asker,
  endpointId: string,
  change: EndpointChange,
): Promise<Endpoint> {
  const before = await requireEndpoint(sql, by, endpointId);
  if (!(await updateEndpoint(sql, by, endpointId, change)))
    throw VaultError.because('not_found', 'record_missing');
  const disables = change.status === 'disabled' && before.status === 'enabled';
  const action = disables ? 'webhook_endpoint.disable' : 'webhook_endpoint.update';
  await note(sql, by, action, endpointId, disables ? 'asked' : 'ok');
  return requireEndpoint(sql, by, endpointId);
}

/** Says whether there was one. */
export async function removeEndpoint(sql: Sql, by: Asker, endpointId: string): Promise<boolean> {
  if (!(await deleteEndpoint(sql, by, endpointId))) return false;
  await note(sql, by, 'webhook_endpoint.delete', endpointId);
  return true;
}

/** @throws VaultError `not_found` where endpoint or event are none. */
export async function replay(sql: Sql, by: Asker, endpointId: string, what: string | Range) {
  const endpoint = await requireEndpoint(sql, by, endpointId);
  const queued = await queueAgain(sql, endpoint, what, by.now);
  if (typeof what === 'string' && queued.events === 0)
    throw VaultError.because('not_found', 'record_missing');
  await note(sql, by, 'webhook_endpoint.replay', endpointId);
  return queued;
}

/** @throws VaultError `not_found`. */
export async function requireEndpoint(sql: Sql, by: Asker, endpointId: string): Promise<Endpoint> {
  const endpoint = await findEndpoint(sql, by, endpointId);
  if (endpoint === undefined) throw VaultError.because('not_found', 'record_missing');
  return endpoint;
}

async function issued(
  sql: Sql,
  by: Asker,
  endpointId: string,
  dataKey: DataKey,
  action: Action,
): Promise<Issued | undefined> {
  const fresh = newWebhookSecret();
  try {
    const sealed = sealSecret(dataKey, by.tenant, endpointId, fresh);
    const owned = { tenant: by.tenant, endpoint_id: endpointId };
    if (!(await insertSecret(sql, owned, sealed, by.now))) return undefined;
    await note(sql, by, action, endpointId);
    return { endpoint: await requireEndpoint(sql, by, endpointId), secret: secretText(fresh) };
  } finally {
    wipeSecret(fresh);
  }
}

async function note(sql: Sql, by: Asker, action: Action, endpointId: string, outcome = 'ok') {
  const { tenant, now: at, actor, address: origin, requestId } = by;
  await insertAudit(sql, {
    ...{ tenant, at, actor, action, resource: endpointId, outcome, origin, requestId },
  });
}
