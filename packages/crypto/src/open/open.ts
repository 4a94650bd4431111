import { randomBytes } from 'node:crypto';
import { concatBytes } from '@noble/hashes/utils.js';
import { CryptoError } from '../crypto-error.ts';
import { baseContext, exportSecret, type KeySchedule, keySchedule } from '../hpke/key-schedule.ts';
import { REPLY_CONTEXT, SEAL_INFO } from '../hpke/labels.ts';
import { pad } from '../hpke/padding.ts';
import {
  ENC_BYTES,
  isPlaintextSize,
  NONCE_BYTES,
  REPLY_PLAINTEXT_BYTES,
  TAG_BYTES,
} from '../hpke/sizes.ts';
import { SUITE } from '../hpke/suite.ts';
import { serverDecrypt, serverEncrypt, serverHmac } from './primitives.ts';
import type { ReceiveSecret } from './receive-secret.ts';

/** What arrived, with the AAD that the vault rebuilt from the verified ticket and session. */
export type OpenInput = {
  readonly secret: ReceiveSecret;
  readonly enc: Uint8Array;
  readonly ct: Uint8Array;
  readonly aad: Uint8Array;
};

/**
 * An opened body. `plaintext` is still padded (`unpad` it, then zero it). `sealReply` pads a
 * message of up to 1,023 bytes and seals it for the sender alone: always 1,052 bytes. It throws
 * RangeError when the message does not fit.
 */
export type Opened = {
  readonly plaintext: Uint8Array;
  sealReply(message: Uint8Array): Uint8Array;
};

const NO_AAD = new Uint8Array(0);
const CONTEXT = baseContext(serverHmac, SUITE, SEAL_INFO);

/**
 * Opens one sealed body (RFC 9180 §6.1, mode base). Sizes are checked before any key is touched.
 *
 * @throws CryptoError `seal_invalid` for every possible cause alike.
 * @example const { plaintext, sealReply } = open({ secret, enc, ct, aad: encodeBinding(binding) });
 */
export function open(input: OpenInput): Opened {
  const plaintextBytes = input.ct.length - TAG_BYTES;
  if (input.enc.length !== ENC_BYTES || !isPlaintextSize(plaintextBytes)) {
    throw new CryptoError('seal_invalid');
  }
  try {
    return openSized(input);
  } catch {
    throw new CryptoError('seal_invalid');
  }
}

function openSized(input: OpenInput): Opened {
  const sharedSecret = input.secret.decapsulate(input.enc);
  const schedule = keySchedule(serverHmac, SUITE, sharedSecret, CONTEXT);
  sharedSecret.fill(0);
  try {
    const plaintext = serverDecrypt(schedule.key, schedule.baseNonce, input.aad, input.ct);
    const key = exportSecret(serverHmac, SUITE, schedule.exporterSecret, REPLY_CONTEXT, 32);
    return { plaintext, sealReply: (message) => sealReply(key, message) };
  } finally {
    forget(schedule);
  }
}

/** The nonce is random, not a counter: a retried attempt is opened, and answered, more than once. */
function sealReply(key: Uint8Array, message: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const padded = pad(message, REPLY_PLAINTEXT_BYTES);
  const reply = concatBytes(nonce, serverEncrypt(key, nonce, NO_AAD, padded));
  padded.fill(0);
  return reply;
}

function forget(schedule: KeySchedule): void {
  for (const secret of Object.values(schedule)) secret.fill(0);
}
