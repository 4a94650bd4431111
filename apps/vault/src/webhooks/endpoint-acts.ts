import type { DataKey } from '@hushfield/crypto/envelope';
import { newId } from '@hushfield/crypto/token-id';
import type { Transact } from '../api/bind-routes.ts';
import { VaultError } from '../app/vault-error.ts';
import type { Action } from '../audit/catalogue.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import type { Sql } from '../db/sql.ts';
import { ownDataKey } from '../keys/own-data-key.ts';
import type { By } from '../tokens/change-tokens.ts';
import { NothingStored, storeSealed } from '../tokens/store-sealed.ts';
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

/** Runs an act that seals a secret: its key is at hand before the transaction begins, and gone with it. */
export async function sealing<T>(
  { keys }: Pick<Vault, 'keys'>,
  tenant: string,
  transact: Transact,
  act: (sql: Sql, dataKey: DataKey) => Promise<T>,
): Promise<T> {
  return storeSealed(
    () => keys.forget(tenant),
    async () => {
      const dataKey = await ownDataKey(keys, tenant);
      try {
        return await transact((sql) => act(sql, dataKey));
      } finally {
        dataKey.key.fill(0);
      }
    },
  );
}

/**
 * Makes an endpoint. In a transaction of the caller's, as all of these.
 *
 * @throws VaultError `policy_denied` for one too many; NothingStored when its key was retired meanwhile.
 */
export async function createEndpoint(
  sql: Sql,
  by: Asker,
  wish: EndpointWish,
  dataKey: DataKey,
): Promise<Issued> {
  const { tenant, mode, now } = by;
  const endpoint_id = newId('whe');
  const { url, types, description } = wish;
  const row = { tenant, endpoint_id, mode, url, types: [...types], description, created_at: now };
  if (!(await insertEndpoint(sql, row)))
    throw VaultError.because('policy_denied', 'endpoints_many');
  return issued(sql, by, endpoint_id, dataKey, 'webhook_endpoint.create');
}

/**
 * Signs with another secret from now on, and for the overlap with the last one too.
 *
 * @throws VaultError `not_found`; NothingStored when its key was retired meanwhile.
 */
export async function rollSecret(
  sql: Sql,
  by: Asker,
  endpointId: string,
  dataKey: DataKey,
  overlapMs: number,
): Promise<Issued> {
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
): Promise<Issued> {
  const fresh = newWebhookSecret();
  try {
    const sealed = sealSecret(dataKey, by.tenant, endpointId, fresh);
    const owned = { tenant: by.tenant, endpoint_id: endpointId };
    // An endpoint that cannot sign would be told of nothing, and nobody would have heard its id.
    if (!(await insertSecret(sql, owned, sealed, by.now))) throw new NothingStored();
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
