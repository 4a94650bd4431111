import { createHmac, createSecretKey } from 'node:crypto';
import { base32 } from './base32.ts';

const CHARACTERS = 26;
const IDENTITIES = {
  card: /^\d{8,19}$/,
  iban: /^[A-Z]{2}[0-9A-Z]{3,32}$/,
  bank_account: /^\d{9}\/\d{4,17}$/,
} as const;

/** What can be recognised: a card by its number, an account by its IBAN or by routing number, slash, account number. */
export type Recognised = keyof typeof IDENTITIES;

/**
 * The same text for the same card or account under the same tenant key, and nothing without the key: HMAC-
 * SHA256, because the numbers are few enough to hash them all. `fp1_` and 26 base32 characters
 * (130 bits).
 *
 * @param key 32 bytes, one per tenant.
 * @param identity a text or its ASCII bytes; of a card, 8 to 19 digits.
 * @throws RangeError for another key length or another form; the message never shows it.
 * @example fingerprint(tenantKey, '4242424242424242') // 'fp1_…'
 */
export function fingerprint(
  key: Uint8Array,
  identity: Uint8Array | string,
  kind: Recognised = 'card',
): string {
  if (key.length !== 32) throw new RangeError('a fingerprint key has 32 bytes');
  const text = typeof identity === 'string' ? identity : Buffer.from(identity).toString('latin1');
  if (!IDENTITIES[kind].test(text)) throw new RangeError(`this is not what a ${kind} is known by`);
  const hmac = createHmac('sha256', createSecretKey(key)).update(`hushfield/fingerprint/${kind}\0`);
  const digest = hmac.update(text).digest();
  return `fp1_${base32(digest).slice(0, CHARACTERS)}`;
}
