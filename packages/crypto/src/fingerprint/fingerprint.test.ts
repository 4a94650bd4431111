import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { thrownBy } from '../../test/sealing-fixture.ts';
import { base32 } from './base32.ts';
import { fingerprint } from './index.ts';

const key = new Uint8Array(32).fill(1);
const pan = '4242424242424242';

// RFC 4648 section 10, without padding and in lower case.
test.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foob', 'mzxw6yq'],
  ['fooba', 'mzxw6ytb'],
  ['foobar', 'mzxw6ytboi'],
])('base32 of %j is %j', (text, expected) => {
  expect(base32(new TextEncoder().encode(text))).toBe(expected);
});

test('is the documented HMAC', () => {
  const digest = createHmac('sha256', key).update(`hushfield/fingerprint/card\0${pan}`).digest();
  expect(fingerprint(key, pan)).toBe(`fp1_${base32(digest).slice(0, 26)}`);
  expect(fingerprint(key, pan)).toMatch(/^fp1_[a-z2-7]{26}$/);
});

test('is the same for text and bytes, and differs by card and by key', () => {
  const same = [fingerprint(key, pan), fingerprint(key, new TextEncoder().encode(pan))];
  expect(new Set(same).size).toBe(1);
  const all = [
    same[0],
    fingerprint(key, '4242424242424241'),
    fingerprint(
      key.map(() => 2),
      pan,
    ),
  ];
  expect(new Set(all).size).toBe(3);
});

test.each(['', '4242424', '4'.repeat(20), '4242 4242 4242 4242', '４２４２４２４２', `${pan}\n`])(
  'refuses %j without repeating it',
  (text) => {
    for (const input of [text, new TextEncoder().encode(text)]) {
      const error = thrownBy(() => fingerprint(key, input));
      expect(error).toStrictEqual(new RangeError('this is not what a card is known by'));
    }
  },
);

test('refuses a key of another length', () => {
  expect(() => fingerprint(key.subarray(1), pan)).toThrow(RangeError);
});

test('an account is known by what it is, and as no card', () => {
  const iban = 'DE89370400440532013000';
  const digest = createHmac('sha256', key).update(`hushfield/fingerprint/iban\0${iban}`).digest();
  expect(fingerprint(key, iban, 'iban')).toBe(`fp1_${base32(digest).slice(0, 26)}`);
  expect(fingerprint(key, '110000000/000123456789', 'bank_account')).toMatch(/^fp1_/);
  for (const [text, kind] of [
    [iban, 'card'],
    [iban, 'bank_account'],
    [pan, 'iban'],
    ['110000000000123456789', 'bank_account'],
  ] as const)
    expect(thrownBy(() => fingerprint(key, text, kind))).toBeInstanceOf(RangeError);
});
