import type { Credentials, Destination, DestinationRecord } from '@hushfield/contract/api';
import { newId } from '@hushfield/crypto/token-id';
import type { Transact } from '../api/bind-routes.ts';
import { VaultError } from '../app/vault-error.ts';
import type { Action } from '../audit/catalogue.ts';
import { insertAudit } from '../audit/insert-audit.ts';
import { emitEvent } from '../events/emit-event.ts';
import type { Sql } from '../db/sql.ts';
import { storeSealed } from '../tokens/store-sealed.ts';
import type { Vault } from '../vault.ts';
import {
  deleteDestination,
  type DestinationRow,
  findDestination,
  hasRoom,
  insertDestination,
  listDestinations,
  updateDestination,
} from './destination-store.ts';
import { faultOf } from './judge-record.ts';
import { openDestination, sealDestination } from './seal-destination.ts';

type Keys = Pick<Vault, 'keys' | 'log'>;

/** Who approves, disables and removes: a key with the right to, or an operator at the command line. */
export type Administrator = {
  readonly tenant: string;
  readonly mode: 'test' | 'live';
  readonly actor: string;
  readonly requestId: string | null;
  readonly address: string | null;
  readonly now: Date;
};

const missing = () => VaultError.because('not_found', 'record_missing');

/**
 * Approves a destination, once its record makes sense and its credentials are all there.
 *
 * @throws VaultError `invalid_request` for a record that contradicts itself; `policy_denied` for one too many.
 */
export async function createDestination(
  vault: Keys,
  by: Administrator,
  transact: Transact,
  {
    record,
    credentials = {},
  }: { record: DestinationRecord; credentials?: Credentials | undefined },
): Promise<Destination> {
  if (faultOf(record, credentials) !== undefined)
    throw VaultError.because('invalid_request', 'destination_record', { field: 'record' });
  const id = newId('dst');
  const at = by.now;
  const row = {
    destination_id: id,
    mode: by.mode,
    created_at: at,
    updated_at: at,
    disabled_at: null,
  };
  const { tenant } = by;
  const forget = () => vault.keys.forget(tenant);
  return storeSealed(forget, async () => {
    const sealed = await sealDestination(vault, tenant, id, { record, credentials });
    return transact(async (sql) => {
      if (!(await hasRoom(sql, tenant)))
        throw VaultError.because('policy_denied', 'destinations_many');
      if (!(await insertDestination(sql, tenant, { ...row, ...sealed }))) return undefined;
      await note(sql, by, 'destination.create', id, `ok ${record.host}`.slice(0, 100));
      return viewOf(row, record);
    });
  });
}

/** @throws VaultError `not_found`. */
export async function readDestination(
  vault: Keys,
  sql: Sql,
  by: Pick<Administrator, 'tenant' | 'mode'>,
  id: string,
): Promise<Destination> {
  const row = await findDestination(sql, by, id);
  if (row === undefined) throw missing();
  const { record } = await openDestination(vault, by.tenant, id, row.envelope);
  return viewOf(row, record);
}

/** All of them, newest first. */
export async function readDestinations(
  vault: Keys,
  sql: Sql,
  by: Pick<Administrator, 'tenant' | 'mode'>,
): Promise<Destination[]> {
  const rows = await listDestinations(sql, by);
  const opened = rows.map(async (row) => {
    const { record } = await openDestination(vault, by.tenant, row.destination_id, row.envelope);
    return viewOf(row, record);
  });
  return Promise.all(opened);
}

type Change = {
  readonly state?: 'active' | 'disabled' | undefined;
  readonly credentials?: Credentials | undefined;
};

/**
 * Disables a destination, takes it up again, or changes its credentials.
 *
 * @throws VaultError `not_found`; `invalid_request` for credentials that are not those it names.
 */
export async function changeDestination(
  vault: Keys,
  by: Administrator,
  { sql, transact }: { readonly sql: Sql; readonly transact: Transact },
  id: string,
  { state, credentials }: Change,
): Promise<Destination> {
  const row = await findDestination(sql, by, id);
  if (row === undefined) throw missing();
  const { record } = await openDestination(vault, by.tenant, id, row.envelope);
  if (credentials !== undefined && faultOf(record, credentials) !== undefined)
    throw VaultError.because('invalid_request', 'destination_record', { field: 'credentials' });
  const sealed =
    credentials && (await sealDestination(vault, by.tenant, id, { record, credentials }));
  const disabled = state === undefined ? undefined : state === 'disabled';
  return transact(async (inside) => {
    const change = { disabled, sealed, was: row.envelope };
    const changed = await updateDestination(inside, by, id, change, by.now);
    if (changed === undefined) throw await goneOrBusy(vault, inside, by, id);
    const what = [...(state === undefined ? [] : [state]), ...(credentials ? ['credentials'] : [])];
    await note(inside, by, 'destination.update', id, what.join(' '));
    return viewOf(changed, record);
  });
}

async function goneOrBusy({ keys }: Keys, sql: Sql, by: Administrator, id: string) {
  if ((await findDestination(sql, by, id)) === undefined) return missing();
  keys.forget(by.tenant);
  return new VaultError('service_unavailable');
}

/** False when there was none. */
export async function removeDestination(sql: Sql, by: Administrator, id: string): Promise<boolean> {
  const gone = await deleteDestination(sql, by, id);
  if (gone) await note(sql, by, 'destination.delete', id, 'ok');
  return gone;
}

async function note(sql: Sql, by: Administrator, action: Managed, id: string, outcome: string) {
  const { tenant, now: at, actor, requestId, address: origin } = by;
  await insertAudit(sql, { tenant, at, actor, action, resource: id, outcome, origin, requestId });
  const type = outcome.startsWith('disabled') ? 'destination.disabled' : TOLD[action];
  await emitEvent(sql, { tenant, mode: by.mode, type, at, data: { destination: id } });
}

type Managed = Action & `destination.${string}`;
const TOLD = {
  'destination.create': 'destination.created',
  'destination.update': 'destination.updated',
  'destination.delete': 'destination.deleted',
} as const satisfies Readonly<Record<Managed, string>>;

function viewOf(
  {
    destination_id: id,
    mode,
    created_at,
    updated_at,
    disabled_at,
  }: Omit<DestinationRow, 'envelope'>,
  record: DestinationRecord,
): Destination {
  return {
    id,
    object: 'destination',
    mode,
    state: disabled_at === null ? 'active' : 'disabled',
    ...record,
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  };
}
