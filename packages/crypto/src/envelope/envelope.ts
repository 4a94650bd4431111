import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { CryptoError } from '../crypto-error.ts';
import { asciiBytes } from '../encoding/ascii.ts';
import { toBase64Url } from '../encoding/base64url.ts';
import { lengthPrefixed, uintBytes } from '../encoding/length-prefixed.ts';
import { gcmDecrypt, gcmEncrypt } from './aes-gcm.ts';
import { type DataKey, dataKeyIdBytes } from './data-key.ts';
import {
  COMMITMENT_BYTES,
  type EnvelopeParts,
  joinEnvelope,
  SALT_BYTES,
  splitEnvelope,
} from './layout.ts';

/**
 * Where an envelope lies. It opens nowhere else, so a thief with write access to the database
 * cannot move a card to another tenant, record or column. Texts are printable ASCII;
 * `schemaVersion` is a uint32.
 */
export type EnvelopeContext = {
  readonly table: string;
  readonly column: string;
  readonly tenant: string;
  readonly record: string;
  readonly class: 'pan' | 'cvc' | 'bank' | 'secret';
  readonly schemaVersion: number;
};

const LABEL = 'hushfield/v1/envelope';
const INFO = asciiBytes(LABEL);

/**
 * Encrypts a value for one place in the database: 81 bytes longer than the plaintext.
 *
 * @throws RangeError for a malformed data key or context.
 * @example
 * const context = { table: 'tokens', column: 'envelope', tenant, record, class: 'pan', schemaVersion: 1 } as const;
 * sealEnvelope(dataKey, context, bytes);
 */
export function sealEnvelope(
  dataKey: DataKey,
  context: EnvelopeContext,
  plaintext: Uint8Array,
): Uint8Array {
  const dataKeyId = dataKeyIdBytes(dataKey);
  const aad = encodeContext(context, dataKeyId);
  const salt = randomBytes(SALT_BYTES);
  const record = recordKey(dataKey.key, salt);
  const ciphertext = gcmEncrypt(record.key, record.nonce, aad, plaintext);
  record.key.fill(0);
  return joinEnvelope({ dataKeyId, salt, commitment: record.commitment, ciphertext });
}

/**
 * Decrypts what {@link sealEnvelope} made, at the same place only.
 *
 * @throws CryptoError `envelope_invalid` for every possible cause alike, a missing data key too.
 * Errors thrown by `lookup` itself pass through.
 * @example openEnvelope((id) => cache.get(id), context, row.envelope)
 */
export function openEnvelope(
  lookup: (dataKeyId: string) => DataKey | undefined,
  context: EnvelopeContext,
  blob: Uint8Array,
): Uint8Array {
  const parts = splitEnvelope(blob);
  // Outside the try: a key service that is down is no fault of the envelope, so its error passes.
  const dataKey = lookup(toBase64Url(parts.dataKeyId));
  try {
    return openWith(dataKey, context, parts);
  } catch {
    throw new CryptoError('envelope_invalid');
  }
}

/** Names the data key an envelope needs, to fetch it beforehand. Throws `envelope_invalid`. */
export function envelopeDataKeyId(blob: Uint8Array): string {
  return toBase64Url(splitEnvelope(blob).dataKeyId);
}

function openWith(dataKey: DataKey | undefined, context: EnvelopeContext, parts: EnvelopeParts) {
  if (dataKey === undefined || !timingSafeEqual(dataKeyIdBytes(dataKey), parts.dataKeyId)) {
    throw new CryptoError('envelope_invalid');
  }
  const record = recordKey(dataKey.key, parts.salt);
  try {
    if (!timingSafeEqual(record.commitment, parts.commitment)) {
      throw new CryptoError('envelope_invalid');
    }
    const aad = encodeContext(context, parts.dataKeyId);
    return gcmDecrypt(record.key, record.nonce, aad, parts.ciphertext);
  } finally {
    record.key.fill(0);
  }
}

/**
 * A key used once: each random salt gives its own key and nonce, so no nonce can repeat under a
 * key. The commitment comes from the same derivation, because GCM does not commit to its key: one
 * ciphertext can be made to open under two keys to two cards ("invisible salamanders").
 */
function recordKey(dataKey: Uint8Array, salt: Uint8Array) {
  const bytes = new Uint8Array(hkdfSync('sha256', dataKey, salt, INFO, 32 + 12 + COMMITMENT_BYTES));
  return {
    key: bytes.subarray(0, 32),
    nonce: bytes.subarray(32, 44),
    commitment: bytes.subarray(44),
  };
}

function encodeContext(context: EnvelopeContext, dataKeyId: Uint8Array): Uint8Array {
  return lengthPrefixed([
    LABEL,
    context.table,
    context.column,
    context.tenant,
    context.record,
    context.class,
    dataKeyId,
    uintBytes(context.schemaVersion, 4),
  ]);
}
