import { createHmac, createSecretKey } from 'node:crypto';
import { base32 } from './base32.ts';

const LABEL = 'hushfield/fingerprint/card\0';
const CHARACTERS = 26;
const PAN_PATTERN = /^\d{8,19}$/;

/**
 * The same text for the same card under the same tenant key, and nothing without the key: HMAC-
 * SHA256, because the numbers are few enough to hash them all. `fp1_` and 26 base32 characters
 * (130 bits).
 *
 * @param key 32 bytes, one per tenant.
 * @param pan 8 to 19 digits, as a text or its ASCII bytes.
 * @throws RangeError for another key length or anything but digits; the message never shows them.
 * @example fingerprint(tenantKey, '4242424242424242') // 'fp1_…'
 */
export function fingerprint(key: Uint8Array, pan: Uint8Array | string): string {
  if (key.length !== 32) throw new RangeError('a fingerprint key has 32 bytes');
  const digits = typeof pan === 'string' ? pan : Buffer.from(pan).toString('latin1');
  if (!PAN_PATTERN.test(digits)) throw new RangeError('a card number has 8 to 19 digits');
  const digest = createHmac('sha256', createSecretKey(key)).update(LABEL).update(digits).digest();
  return `fp1_${base32(digest).slice(0, CHARACTERS)}`;
}
