import { CryptoError } from '../crypto-error.ts';
import { baseContext, exportSecret, type KeySchedule, keySchedule } from '../hpke/key-schedule.ts';
import { REPLY_CONTEXT, SEAL_INFO } from '../hpke/labels.ts';
import { unpadAs } from '../hpke/padding.ts';
import { isPlaintextSize, NONCE_BYTES, REPLY_BYTES } from '../hpke/sizes.ts';
import { SUITE } from '../hpke/suite.ts';
import type { Kem } from './kem.ts';
import { browserDecrypt, browserEncrypt, browserHmac } from './primitives.ts';

/** What to seal: `plaintext` is already padded to 512 or 2,048 bytes by `pad`. */
export type SealInput = {
  readonly kem: Kem;
  readonly publicKey: Uint8Array;
  readonly aad: Uint8Array;
  readonly plaintext: Uint8Array;
};

/**
 * A sealed body: `enc` has 1,120 bytes, `ct` the plaintext's length and a tag of 16. `openReply`
 * opens the vault's answer (1,052 bytes) and takes off its padding; it throws CryptoError
 * `reply_invalid` for anything else, and after its first success, when the key has been zeroed.
 */
export type Sealed = {
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
  openReply(reply: Uint8Array): Uint8Array;
};

const NO_AAD = new Uint8Array(0);

/**
 * Seals one plaintext to a receive key: HPKE mode base (RFC 9180 §6.1), one message per context,
 * suite X-Wing / HKDF-SHA256 / ChaCha20-Poly1305. The caller's plaintext is left for it to zero.
 *
 * @throws RangeError when the plaintext is not padded.
 * @throws CryptoError `public_key_invalid` when the key cannot be encapsulated to.
 * @example
 * const plaintext = pad(message, PLAINTEXT_BYTES);
 * const { enc, ct, openReply } = await seal({ kem, publicKey, aad: encodeBinding(binding), plaintext });
 */
export async function seal(input: SealInput): Promise<Sealed> {
  if (!isPlaintextSize(input.plaintext.length)) throw new RangeError('plaintext is not padded');
  const { sharedSecret, enc } = await encapsulated(input.kem, input.publicKey);
  const context = baseContext(browserHmac, SUITE, SEAL_INFO);
  const schedule = keySchedule(browserHmac, SUITE, sharedSecret, context);
  sharedSecret.fill(0);
  const ct = browserEncrypt(schedule.key, schedule.baseNonce, input.aad, input.plaintext);
  const key = replyKey(schedule);
  return { enc, ct, openReply: (reply) => openOnce(key, reply) };
}

async function encapsulated(kem: Kem, publicKey: Uint8Array) {
  try {
    return await kem.encapsulate(publicKey);
  } catch {
    throw new CryptoError('public_key_invalid');
  }
}

/** Takes the reply key out of the schedule and zeroes the rest of it. */
function replyKey(schedule: KeySchedule): Uint8Array {
  const key = exportSecret(browserHmac, SUITE, schedule.exporterSecret, REPLY_CONTEXT, 32);
  for (const secret of Object.values(schedule)) secret.fill(0);
  return key;
}

function openOnce(key: Uint8Array, reply: Uint8Array): Uint8Array {
  const padded = decryptReply(key, reply);
  const message = unpadAs('reply_invalid', padded);
  padded.fill(0);
  key.fill(0);
  return message;
}

function decryptReply(key: Uint8Array, reply: Uint8Array): Uint8Array {
  // A zeroed key is a known key: anyone could seal under it, so it must open nothing.
  const spent = key.every((byte) => byte === 0);
  if (spent || reply.length !== REPLY_BYTES) throw new CryptoError('reply_invalid');
  try {
    return browserDecrypt(key, reply.subarray(0, NONCE_BYTES), NO_AAD, reply.subarray(NONCE_BYTES));
  } catch {
    throw new CryptoError('reply_invalid');
  }
}
