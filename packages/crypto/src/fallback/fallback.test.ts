import { expect, test } from 'vitest';
import { importReceiveSeed } from '../open/index.ts';
import { fallbackEd25519, fallbackKem } from './index.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

// RFC 8032 section 7.1, test 2.
const publicKey = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
const message = hex('72');
const signature = hex(
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
);

test('verifies RFC 8032 test 2 and nothing near it', async () => {
  const other = Uint8Array.of(0x73);
  expect(await fallbackEd25519(publicKey, message, signature)).toBe(true);
  expect(await fallbackEd25519(publicKey, other, signature)).toBe(false);
  expect(await fallbackEd25519(publicKey.subarray(1), message, signature)).toBe(false);
  expect(await fallbackEd25519(publicKey, message, signature.subarray(1))).toBe(false);
});

test('is refused a point of low order, which would leave ML-KEM alone', async () => {
  const key = Uint8Array.from(importReceiveSeed(new Uint8Array(32).fill(1)).publicKey);
  key.fill(0, 1184);
  await expect(fallbackKem.encapsulate(key)).rejects.toThrow();
});
