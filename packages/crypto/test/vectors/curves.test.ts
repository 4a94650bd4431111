import { diffieHellman } from 'node:crypto';
import { x25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { fallbackEd25519 } from '../../src/fallback/index.ts';
import { x25519PrivateKey, x25519PublicKey } from '../../src/open/native-keys.ts';
import { nativeEd25519 } from '../../src/seal/index.ts';
import { webSubtle } from '../../src/seal/web-subtle.ts';
import { absent, hex, load, report, toHex, type Wycheproof } from './load.ts';

type Agreement = { public: string; private: string; shared: string };
type Signature = { msg: string; sig: string };
type SignatureGroup = { publicKey: { pk: string } };

const X25519_PKCS8 = '302e020100300506032b656e04220420';

async function agreeByWebCrypto(secret: Uint8Array, peer: Uint8Array): Promise<Uint8Array> {
  const subtle = webSubtle();
  if (subtle === undefined) throw new Error('no WebCrypto');
  const der = hex(X25519_PKCS8 + toHex(secret));
  const key = await subtle.importKey('pkcs8', der, 'X25519', false, ['deriveBits']);
  const publicKey = await subtle.importKey('raw', peer, 'X25519', false, []);
  return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: publicKey }, key, 256));
}

const AGREE = [
  { name: 'native', agree: agreeByWebCrypto },
  {
    name: 'fallback',
    agree: async (secret: Uint8Array, peer: Uint8Array) => x25519.getSharedSecret(secret, peer),
  },
  {
    name: 'node',
    agree: async (secret: Uint8Array, peer: Uint8Array): Promise<Uint8Array> =>
      diffieHellman({ privateKey: x25519PrivateKey(secret), publicKey: x25519PublicKey(peer) }),
  },
];

const VERIFY = [
  { name: 'native', verify: async () => await nativeEd25519() },
  { name: 'fallback', verify: async () => fallbackEd25519 },
];

describe.skipIf(absent)('curve vectors', () => {
  test.each(AGREE)('X25519 by $name: agrees, and refuses points of low order', async (path) => {
    const file = load<Wycheproof<object, Agreement>>('wycheproof/x25519_test.json');
    for (const vector of file.testGroups.flatMap((group) => group.tests)) {
      const agreed = path.agree(hex(vector.private), hex(vector.public)).then(toHex);
      if (/^0+$/.test(vector.shared)) await expect(agreed).rejects.toThrow();
      else expect(await agreed).toBe(vector.shared);
    }
    report(`x25519 (${path.name})`, file.numberOfTests);
  });

  test.each(VERIFY)('Ed25519 by $name', async ({ name, verify }) => {
    const check = await verify();
    const file = load<Wycheproof<SignatureGroup, Signature>>('wycheproof/ed25519_test.json');
    for (const { publicKey, tests } of file.testGroups) {
      for (const { msg, sig, result, tcId } of tests) {
        const answer = await check?.(hex(publicKey.pk), hex(msg), hex(sig));
        expect({ tcId, answer }).toStrictEqual({ tcId, answer: result === 'valid' });
      }
    }
    report(`ed25519 (${name})`, file.numberOfTests);
  });
});
