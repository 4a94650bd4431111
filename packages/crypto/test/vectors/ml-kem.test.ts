import { decapsulate } from 'node:crypto';
import { sha3_256 } from '@noble/hashes/sha3.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, test } from 'vitest';
import { encapsulateWith } from '../../src/fallback/fallback-kem.ts';
import { combine } from '../../src/hpke/xwing.ts';
import { mlKemPrivateKey, rawPublicKey } from '../../src/open/native-keys.ts';
import { nativeKem } from '../../src/seal/index.ts';
import { absent, hex, load, report, toHex, type Wycheproof } from './load.ts';

type Decap = { seed: string; ek: string; c: string; K: string };
type Encap = { m: string; ek: string; c: string; K: string };

// A fixed X25519 half, so that ML-KEM's own vectors run through the whole of our encapsulation.
const recipientSecret = new Uint8Array(32).fill(7);
const recipient = x25519.getPublicKey(recipientSecret);
const ephemeralSecret = new Uint8Array(32).fill(9);
const ephemeral = x25519.getPublicKey(ephemeralSecret);

function combined(mlKem: Uint8Array): Uint8Array {
  const agreed = x25519.getSharedSecret(recipientSecret, ephemeral);
  return combine(sha3_256, { mlKem, x25519: agreed }, ephemeral, recipient);
}

function cases<T>(file: string) {
  return load<Wycheproof<object, T>>(file).testGroups.flatMap((group) => group.tests);
}

describe.skipIf(absent)('ML-KEM-768 vectors', () => {
  test('fallback encapsulates, and refuses malformed keys', () => {
    const vectors = cases<Encap>('wycheproof/mlkem_768_encaps_test.json');
    for (const { m, ek, c, K, result } of vectors) {
      const key = concatBytes(hex(ek), recipient);
      const run = () => encapsulateWith(key, concatBytes(hex(m), ephemeralSecret));
      if (result === 'valid') {
        const expected = { enc: concatBytes(hex(c), ephemeral), sharedSecret: combined(hex(K)) };
        expect(run()).toStrictEqual(expected);
      } else {
        expect(run).toThrow();
      }
    }
    report('mlkem_768_encaps (fallback)', vectors.length);
  });

  test('native takes the valid keys and refuses malformed ones', async () => {
    const kem = await nativeKem();
    const vectors = cases<Encap>('wycheproof/mlkem_768_encaps_test.json');
    for (const { ek, result } of vectors) {
      const taken = kem?.encapsulate(concatBytes(hex(ek), recipient)).then(({ enc }) => enc.length);
      if (result === 'valid') expect(await taken).toBe(1120);
      else await expect(taken).rejects.toThrow();
    }
    report('mlkem_768_encaps (native)', vectors.length);
  });

  test('node expands seeds and decapsulates, and refuses wrong sizes', () => {
    const vectors = cases<Decap>('wycheproof/mlkem_768_test.json');
    for (const { seed, ek, c, K, result } of vectors) {
      const run = () => {
        const key = mlKemPrivateKey(hex(seed));
        return { ek: toHex(rawPublicKey(key, 1184)), K: toHex(decapsulate(key, hex(c))) };
      };
      if (result === 'valid') expect(run()).toStrictEqual({ ek, K });
      else expect(run).toThrow();
    }
    report('mlkem_768 (node)', vectors.length);
  });

  test('native encapsulation to a vector key is opened by its seed', async () => {
    const kem = await nativeKem();
    const vectors = cases<Decap>('wycheproof/mlkem_768_test.json').filter(
      (vector) => vector.result === 'valid',
    );
    for (const { seed, ek } of vectors) {
      const sent = await kem?.encapsulate(concatBytes(hex(ek), recipient));
      if (sent === undefined) throw new Error('no native KEM');
      const point = sent.enc.subarray(1088);
      const secrets = {
        mlKem: ml_kem768.decapsulate(
          sent.enc.subarray(0, 1088),
          ml_kem768.keygen(hex(seed)).secretKey,
        ),
        x25519: x25519.getSharedSecret(recipientSecret, point),
      };
      expect(combine(sha3_256, secrets, point, recipient)).toStrictEqual(sent.sharedSecret);
    }
    report('mlkem_768 (native round trip)', vectors.length);
  });
});
