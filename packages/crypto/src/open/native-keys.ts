import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

// DER headers in front of raw key bytes: RFC 8410 for X25519, RFC 9935 (seed form) for ML-KEM-768.
const ML_KEM_768_PKCS8 = Buffer.from('3054020100300b060960864801650304040204428040', 'hex');
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** A decapsulation key from its 64-byte seed `d || z` (FIPS 203). */
export function mlKemPrivateKey(seed: Uint8Array): KeyObject {
  return privateKey(ML_KEM_768_PKCS8, seed, 64);
}

export function x25519PrivateKey(secret: Uint8Array): KeyObject {
  return privateKey(X25519_PKCS8, secret, 32);
}

export function x25519PublicKey(raw: Uint8Array): KeyObject {
  const key = Buffer.concat([X25519_SPKI, sized(raw, 32)]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

/** The raw public bytes, which end the DER form of both kinds of key. */
export function rawPublicKey(key: KeyObject, size: number): Uint8Array {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(der.subarray(-size));
}

function privateKey(header: Uint8Array, raw: Uint8Array, size: number): KeyObject {
  const key = Buffer.concat([header, sized(raw, size)]);
  try {
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } finally {
    key.fill(0);
  }
}

function sized(raw: Uint8Array, size: number): Uint8Array {
  if (raw.length !== size) throw new RangeError(`expected ${size} bytes`);
  return raw;
}
