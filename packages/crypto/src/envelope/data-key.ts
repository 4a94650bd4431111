import { randomBytes } from 'node:crypto';
import { fromBase64Url, toBase64Url } from '../encoding/base64url.ts';

/** A key per tenant and class: `id` is 16 bytes in base64url (22 characters), `key` has 32 bytes. */
export type DataKey = { readonly id: string; readonly key: Uint8Array };

/** Length of a data key's id in bytes, as it stands in an envelope. */
export const DATA_KEY_ID_BYTES = 16;
/** Length of a data key in bytes. */
export const DATA_KEY_BYTES = 32;

/** A fresh data key under a fresh id. Wrap it before it is used for anything kept. */
export function generateDataKey(): DataKey {
  return {
    id: toBase64Url(randomBytes(DATA_KEY_ID_BYTES)),
    key: Uint8Array.from(randomBytes(DATA_KEY_BYTES)),
  };
}

/** The 16 bytes behind an id. Throws RangeError for a malformed data key, and for one that was wiped. */
export function dataKeyIdBytes(dataKey: DataKey): Uint8Array {
  const id = fromBase64Url(dataKey.id, DATA_KEY_ID_BYTES);
  const wiped = dataKey.key.every((byte) => byte === 0);
  if (id === undefined || dataKey.key.length !== DATA_KEY_BYTES || wiped) {
    throw new RangeError('malformed data key');
  }
  return id;
}
