import { Credentials, DestinationRecord } from '@hushfield/contract/api';
import {
  CryptoError,
  type DataKey,
  envelopeDataKeyId,
  type EnvelopeContext,
  openEnvelope,
  sealEnvelope,
} from '@hushfield/crypto/envelope';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import type { Vault } from '../vault.ts';

const SCHEMA_VERSION = 1;

/** What lies in the envelope: where cards go is no more to be changed by who writes into the database than a card. */
const Sealed = z.strictObject({ record: DestinationRecord, credentials: Credentials });
export type SealedDestination = z.infer<typeof Sealed>;

/** Where a destination's envelope lies; it opens nowhere else. */
export function destinationPlace(tenant: string, id: string): EnvelopeContext {
  return {
    table: 'destinations',
    column: 'envelope',
    tenant,
    record: id,
    class: 'secret',
    schemaVersion: SCHEMA_VERSION,
  };
}

/** Seals it under the tenant's key. Outside of a transaction: the key may have to wait for the KEK. */
export async function sealDestination(
  { keys }: Pick<Vault, 'keys'>,
  tenant: string,
  id: string,
  whole: SealedDestination,
): Promise<{ readonly envelope: Uint8Array; readonly dataKeyId: string }> {
  const secret = Buffer.from(JSON.stringify(whole));
  try {
    const { pan } = await keys.tenantKeys(tenant);
    return sealed(pan, tenant, id, secret);
  } finally {
    secret.fill(0);
  }
}

function sealed(dataKey: DataKey, tenant: string, id: string, secret: Uint8Array) {
  const envelope = sealEnvelope(dataKey, destinationPlace(tenant, id), secret);
  return { envelope, dataKeyId: dataKey.id };
}

/** @throws VaultError `service_unavailable` for an envelope that somebody moved or changed: the log says so. */
export async function openDestination(
  { keys, log }: Pick<Vault, 'keys' | 'log'>,
  tenant: string,
  id: string,
  envelope: Uint8Array,
): Promise<SealedDestination> {
  try {
    const dataKey = await keys.dataKey(tenant, envelopeDataKeyId(envelope));
    const opened = openEnvelope(() => dataKey, destinationPlace(tenant, id), envelope);
    try {
      return Sealed.parse(JSON.parse(Buffer.from(opened).toString('utf8')));
    } finally {
      opened.fill(0);
    }
  } catch (error) {
    if (!(error instanceof CryptoError || error instanceof z.core.$ZodError)) throw error;
    log.error({ role: 'api', tenant, detail: id }, DOES_NOT_OPEN);
    throw new VaultError('service_unavailable', 500);
  }
}

const DOES_NOT_OPEN =
  'a destination does not open where it lies: somebody moved or changed it, or its data key was destroyed';
