import { sha3_256 } from '@noble/hashes/sha3.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { combine, splitEnc, splitPublicKey } from '../hpke/xwing.ts';
import type { Kem } from './kem.ts';
import { type WebSubtle, webSubtle } from './web-subtle.ts';

const ML_KEM = 'ML-KEM-768';
const X25519 = 'X25519';

/**
 * X-Wing over this engine's own ML-KEM-768 and X25519, or `undefined` when it lacks either. Decided
 * by one real encapsulation to a throw-away key: engines have shipped the methods without the
 * algorithms.
 *
 * @example const kem = (await nativeKem()) ?? (await import('@hushfield/crypto/fallback')).fallbackKem;
 */
export async function nativeKem(): Promise<Kem | undefined> {
  const subtle = webSubtle();
  if (typeof subtle?.encapsulateBits !== 'function') return undefined;
  const kem: Kem = { path: 'native', encapsulate: (key) => encapsulate(subtle, key) };
  try {
    await kem.encapsulate(await throwAwayKey(subtle));
    return kem;
  } catch {
    return undefined;
  }
}

async function throwAwayKey(subtle: WebSubtle): Promise<Uint8Array> {
  const [mlKem, x25519] = await Promise.all([
    subtle.generateKey(ML_KEM, false, ['encapsulateBits', 'decapsulateBits']),
    subtle.generateKey(X25519, false, ['deriveBits']),
  ]);
  const exported = await Promise.all([
    subtle.exportKey('raw-public', mlKem.publicKey),
    subtle.exportKey('raw', x25519.publicKey),
  ]);
  return concatBytes(...exported.map((key) => new Uint8Array(key)));
}

async function encapsulate(subtle: WebSubtle, publicKey: Uint8Array) {
  const recipient = splitPublicKey(publicKey);
  const [mlKem, x25519] = await Promise.all([
    encapsulateMlKem(subtle, recipient.mlKem),
    agreeX25519(subtle, recipient.x25519),
  ]);
  const enc = concatBytes(mlKem.ciphertext, x25519.ephemeral);
  splitEnc(enc); // refuses an engine that answers in other sizes
  const secrets = { mlKem: mlKem.secret, x25519: x25519.secret };
  return { sharedSecret: combine(sha3_256, secrets, x25519.ephemeral, recipient.x25519), enc };
}

async function encapsulateMlKem(subtle: WebSubtle, publicKey: Uint8Array) {
  const key = await subtle.importKey('raw-public', publicKey, ML_KEM, false, ['encapsulateBits']);
  const { sharedKey, ciphertext } = await subtle.encapsulateBits(ML_KEM, key);
  return { secret: exactly32(sharedKey), ciphertext: new Uint8Array(ciphertext) };
}

async function agreeX25519(subtle: WebSubtle, publicKey: Uint8Array) {
  const [recipient, pair] = await Promise.all([
    subtle.importKey('raw', publicKey, X25519, false, []),
    subtle.generateKey(X25519, false, ['deriveBits']),
  ]);
  const [secret, ephemeral] = await Promise.all([
    subtle.deriveBits({ name: X25519, public: recipient }, pair.privateKey, 256),
    subtle.exportKey('raw', pair.publicKey),
  ]);
  return { secret: exactly32(secret), ephemeral: exactly32(ephemeral) };
}

function exactly32(buffer: ArrayBuffer): Uint8Array {
  if (buffer.byteLength !== 32) throw new RangeError('expected 32 bytes');
  return new Uint8Array(buffer);
}
