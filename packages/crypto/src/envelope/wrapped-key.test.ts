import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flipped, thrownBy } from '../../test/sealing-fixture.ts';
import { CryptoError, splitWrapped, unwrapKey, wrapKey } from './index.ts';

const kek = { number: 7, key: randomBytes(32) };
const key = Uint8Array.from(randomBytes(32));
const label = 'data-key/ten_1/pan';
const wrapped = wrapKey(kek, label, key);
const refused = new CryptoError('wrapped_key_invalid');

test('comes back under the same KEK and label', () => {
  expect(wrapped.length).toBe(65);
  expect(unwrapKey(kek, label, wrapped)).toStrictEqual(key);
});

test('does not come back under another KEK or label', () => {
  expect(thrownBy(() => unwrapKey({ ...kek, key: randomBytes(32) }, label, wrapped))).toStrictEqual(
    refused,
  );
  expect(thrownBy(() => unwrapKey(kek, 'data-key/ten_2/pan', wrapped))).toStrictEqual(refused);
});

test('every flipped bit and truncation throws the one error', () => {
  for (let bit = 0; bit < wrapped.length * 8; bit++) {
    expect(thrownBy(() => unwrapKey(kek, label, flipped(wrapped, bit)))).toStrictEqual(refused);
  }
  for (let end = 0; end < wrapped.length; end++) {
    expect(thrownBy(() => unwrapKey(kek, label, wrapped.subarray(0, end)))).toStrictEqual(refused);
  }
});

test('random bytes throw the one error', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
    expect(thrownBy(() => unwrapKey(kek, label, bytes))).toStrictEqual(refused);
  });
  fc.assert(property);
});

test('our own mistakes throw RangeError', () => {
  expect(() => wrapKey({ number: 1, key: new Uint8Array(31) }, label, key)).toThrow(RangeError);
  expect(() => wrapKey(kek, 'ü', key)).toThrow(RangeError);
  expect(() => wrapKey(kek, label, new Uint8Array(0))).toThrow(RangeError);
  expect(() => unwrapKey({ number: 7, key: new Uint8Array(33) }, label, wrapped)).toThrow(
    RangeError,
  );
});

test('names the KEK it was wrapped under, and opens under no other number', () => {
  expect(splitWrapped(wrapped).kek).toBe(7);
  const other = thrownBy(() => unwrapKey({ ...kek, number: 8 }, label, wrapped));
  expect(other).toStrictEqual(refused);
});

test('reads the first version, whose KEK had no number', () => {
  const first = { number: 1, key: kek.key };
  const second = wrapKey(first, label, key);
  const asFirst = Uint8Array.from([1, ...second.subarray(5)]);
  expect(splitWrapped(asFirst).kek).toBe(1);
  expect(unwrapKey(first, label, asFirst)).toStrictEqual(key);
});
