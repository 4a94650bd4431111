import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import {
  type DataKey,
  type EnvelopeContext,
  openEnvelope,
  sealEnvelope,
} from '@hushfield/crypto/envelope';
import { newId } from '@hushfield/crypto/token-id';

const HMAC_BYTES = 32;
const SEED_BYTES = 32;
const SCHEMA_VERSION = 1;
/** What stands in front of a seed in PKCS #8 (RFC 8410 §7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What a request is signed with, twice: for who shares a secret, and for who verifies without one. */
export type WebhookSecret = { readonly hmac: Uint8Array; readonly seed: Uint8Array };

/** A secret as it is stored: sealed, with its public half. */
export type SealedSecret = {
  readonly secretId: string;
  readonly envelope: Uint8Array;
  readonly dataKeyId: string;
  readonly publicKey: string;
};

export function newWebhookSecret(): WebhookSecret {
  return { hmac: randomBytes(HMAC_BYTES), seed: randomBytes(SEED_BYTES) };
}

/** As the specification writes it for `v1`. */
export function secretText({ hmac }: WebhookSecret): string {
  return `whsec_${Buffer.from(hmac).toString('base64')}`;
}

/** As the specification writes the public half for `v1a`. */
export function publicKeyText(secret: WebhookSecret): string {
  const { x = '' } = createPublicKey(privateKeyOf(secret)).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x, 'base64url').toString('base64')}`;
}

export function privateKeyOf({ seed }: WebhookSecret): KeyObject {
  const der = Buffer.concat([PKCS8, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** Where the envelope of a secret lies, by endpoint and secret; it opens nowhere else. */
export function secretPlace(tenant: string, record: string): EnvelopeContext {
  return {
    table: 'webhook_secrets',
    column: 'envelope',
    tenant,
    record,
    class: 'secret',
    schemaVersion: SCHEMA_VERSION,
  };
}

export function sealSecret(
  dataKey: DataKey,
  tenant: string,
  endpointId: string,
  secret: WebhookSecret,
): SealedSecret {
  const secretId = newId('whs');
  const bytes = Buffer.concat([secret.hmac, secret.seed]);
  try {
    const place = secretPlace(tenant, `${endpointId}/${secretId}`);
    const envelope = sealEnvelope(dataKey, place, bytes);
    return { secretId, envelope, dataKeyId: dataKey.id, publicKey: publicKeyText(secret) };
  } finally {
    bytes.fill(0);
  }
}

/** @throws CryptoError `envelope_invalid` where it does not open in its place. */
export function openSecret(
  dataKey: DataKey | undefined,
  tenant: string,
  record: string,
  envelope: Uint8Array,
): WebhookSecret {
  const bytes = openEnvelope(() => dataKey, secretPlace(tenant, record), envelope);
  return { hmac: bytes.subarray(0, HMAC_BYTES), seed: bytes.subarray(HMAC_BYTES) };
}

/** Ends what was opened or made. */
export function wipeSecret({ hmac, seed }: WebhookSecret): void {
  hmac.fill(0);
  seed.fill(0);
}
