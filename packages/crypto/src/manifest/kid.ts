import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { asciiBytes } from '../encoding/ascii.ts';
import { toBase64Url } from '../encoding/base64url.ts';
import { uintBytes } from '../encoding/length-prefixed.ts';
import { PUBLIC_KEY_BYTES } from '../hpke/sizes.ts';
import { SUITE_IDS } from '../hpke/suite.ts';

/**
 * Name of a receive key: the first 16 bytes of SHA-256 over label, suite and key, in base64url (22
 * characters). Derived rather than chosen, so a name cannot be moved to another key or suite.
 *
 * @throws RangeError unless the key has 1,216 bytes.
 */
export function kidOf(publicKey: Uint8Array): string {
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError('a receive key has 1216 bytes');
  const suite = SUITE_IDS.map((id) => uintBytes(id, 2));
  const digest = sha256(concatBytes(asciiBytes('hushfield/kid'), ...suite, publicKey));
  return toBase64Url(digest.subarray(0, 16));
}
