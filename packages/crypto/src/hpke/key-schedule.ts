import { concatBytes } from '@noble/hashes/utils.js';
import { HASH_BYTES, type Hmac } from './hkdf.ts';
import { labeledKdf } from './labeled-kdf.ts';
import { type Suite, suiteId } from './suite.ts';

/** What RFC 9180 §5.1 derives for one context in base mode. */
export type KeySchedule = {
  readonly key: Uint8Array;
  readonly baseNonce: Uint8Array;
  readonly exporterSecret: Uint8Array;
};

const MODE_BASE = 0x00;
const EMPTY = new Uint8Array(0);

/**
 * `key_schedule_context` of RFC 9180 §5.1 for mode base: no pre-shared key, so `psk_id` is empty.
 * Depends on `info` alone, so whoever opens many bodies computes it once.
 */
export function baseContext(hmac: Hmac, suite: Suite, info: Uint8Array): Uint8Array {
  const kdf = labeledKdf(hmac, suiteId(suite));
  return concatBytes(
    Uint8Array.of(MODE_BASE),
    kdf.extract(EMPTY, 'psk_id_hash', EMPTY),
    kdf.extract(EMPTY, 'info_hash', info),
  );
}

/** KeySchedule of RFC 9180 §5.1 over a {@link baseContext}; `psk` is empty as well. */
export function keySchedule(
  hmac: Hmac,
  suite: Suite,
  sharedSecret: Uint8Array,
  context: Uint8Array,
): KeySchedule {
  const kdf = labeledKdf(hmac, suiteId(suite));
  const secret = kdf.extract(sharedSecret, 'secret', EMPTY);
  const schedule = {
    key: kdf.expand(secret, 'key', context, suite.keyBytes),
    baseNonce: kdf.expand(secret, 'base_nonce', context, suite.nonceBytes),
    exporterSecret: kdf.expand(secret, 'exp', context, HASH_BYTES),
  };
  secret.fill(0);
  return schedule;
}

/** Context.Export of RFC 9180 §5.3: a secret of `length` bytes that only the two ends can derive. */
export function exportSecret(
  hmac: Hmac,
  suite: Suite,
  exporterSecret: Uint8Array,
  context: Uint8Array,
  length: number,
): Uint8Array {
  return labeledKdf(hmac, suiteId(suite)).expand(exporterSecret, 'sec', context, length);
}

/**
 * ComputeNonce of RFC 9180 §5.2. We seal one message per context, so only sequence 0 is used on
 * the wire; the others let the published vectors run in full.
 */
export function nonceAt(baseNonce: Uint8Array, sequence: number): Uint8Array {
  const nonce = Uint8Array.from(baseNonce);
  for (let at = nonce.length - 1, rest = sequence; rest > 0; at--, rest = Math.floor(rest / 256)) {
    nonce[at] = (nonce[at] ?? 0) ^ (rest % 256);
  }
  return nonce;
}
