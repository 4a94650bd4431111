import { describe, expect, test } from 'vitest';
import { expand, extract, HASH_BYTES } from '../../src/hpke/hkdf.ts';
import { absent, hex, load, report, toHex, type Wycheproof } from './load.ts';
import { SYMMETRIC_PATHS } from './paths.ts';

type Mac = { key: string; msg: string; tag: string };
type Kdf = { ikm: string; salt: string; info: string; size: number; okm: string };

describe.skipIf(absent)('KDF vectors', () => {
  test.each(SYMMETRIC_PATHS)('HMAC-SHA256 by $name', ({ name, hmac }) => {
    const file = load<Wycheproof<{ tagSize: number }, Mac>>('wycheproof/hmac_sha256_test.json');
    for (const group of file.testGroups) {
      for (const { key, msg, tag, result } of group.tests) {
        const got = toHex(hmac(hex(key), hex(msg)).subarray(0, group.tagSize / 8));
        expect(got === tag).toBe(result === 'valid');
      }
    }
    report(`hmac_sha256 (${name})`, file.numberOfTests);
  });

  test.each(SYMMETRIC_PATHS)('HKDF-SHA256 by $name', ({ name, hmac }) => {
    const file = load<Wycheproof<object, Kdf>>('wycheproof/hkdf_sha256_test.json');
    for (const { ikm, salt, info, size, okm, result } of file.testGroups.flatMap((g) => g.tests)) {
      // RFC 5869: no salt means a hash length of zeros.
      const key = salt === '' ? new Uint8Array(HASH_BYTES) : hex(salt);
      const derive = () => toHex(expand(hmac, extract(hmac, key, hex(ikm)), hex(info), size));
      if (result === 'valid') expect(derive()).toBe(okm);
      else expect(derive).toThrow(RangeError);
    }
    report(`hkdf_sha256 (${name})`, file.numberOfTests);
  });
});
