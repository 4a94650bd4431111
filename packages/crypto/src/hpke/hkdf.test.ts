import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SYMMETRIC_PATHS } from '../../test/vectors/paths.ts';
import { expand, extract } from './hkdf.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// Published vectors, so that a clone without the full sets still tests both implementations.
test.each(SYMMETRIC_PATHS)('RFC 5869 appendix A.1 and A.2 by $name', ({ hmac }) => {
  const first = extract(hmac, hex('000102030405060708090a0b0c'), hex('0b'.repeat(22)));
  expect(toHex(first)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5');
  expect(toHex(expand(hmac, first, hex('f0f1f2f3f4f5f6f7f8f9'), 42))).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
});

test.each(SYMMETRIC_PATHS)('RFC 8439 section 2.8.2 by $name', ({ encrypt, decrypt }) => {
  const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
  const nonce = hex('070000004041424344454647');
  const aad = hex('50515253c0c1c2c3c4c5c6c7');
  const text =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const sealed = encrypt(key, nonce, aad, new TextEncoder().encode(text));
  expect(toHex(sealed.subarray(-16))).toBe('1ae10b594f09e26a7e902ecbd0600691');
  expect(new TextDecoder().decode(decrypt(key, nonce, aad, sealed))).toBe(text);
});

test.each(SYMMETRIC_PATHS)('agrees with the platform for any input by $name', ({ hmac }) => {
  const property = fc.property(
    fc.uint8Array({ minLength: 1 }),
    fc.uint8Array({ minLength: 1 }),
    fc.uint8Array(),
    fc.integer({ min: 1, max: 200 }),
    (ikm, salt, info, length) => {
      const ours = expand(hmac, extract(hmac, salt, ikm), info, length);
      const theirs = new Uint8Array(hkdfSync('sha256', ikm, salt, info, length));
      expect(toHex(ours)).toBe(toHex(theirs));
    },
  );
  fc.assert(property);
});

test.each(SYMMETRIC_PATHS)('refuses more than 255 blocks by $name', ({ hmac }) => {
  const prk = new Uint8Array(32);
  expect(expand(hmac, prk, prk, 8160).length).toBe(8160);
  expect(() => expand(hmac, prk, prk, 8161)).toThrow(RangeError);
});
