import { generateSigningSeed, importSigningSeed } from '@hushfield/crypto/manifest';
import { expect, test } from 'vitest';
import { openSeed, sealSeed } from './sealed-seed.ts';

const PASSPHRASE = Buffer.from('correct horse battery staple');
const seed = generateSigningSeed();
const file = sealSeed(seed, PASSPHRASE);
/** The file with one member changed. */
const changed = (change: object) => JSON.stringify({ ...JSON.parse(file), ...change });

test('a sealed root opens to the same seed, tells its public key, and nothing else of it', () => {
  expect(openSeed(file, PASSPHRASE)).toStrictEqual(seed);
  const publicKey = Buffer.from(importSigningSeed(seed).publicKey).toString('base64url');
  expect(JSON.parse(file)).toMatchObject({ publicKey });
  for (const encoding of ['hex', 'base64', 'base64url'] as const)
    expect(file).not.toContain(Buffer.from(seed).toString(encoding).slice(4, 24));
});

test('seals with a salt and a nonce of its own each time', () => {
  const [one, other] = [file, sealSeed(seed, PASSPHRASE)].map((text) => JSON.parse(text));
  expect(one.salt).not.toBe(other.salt);
  expect(one.sealed.slice(0, 16)).not.toBe(other.sealed.slice(0, 16));
});

test.each([
  ['another passphrase', file, 'incorrect horse', 'does not open this root'],
  ['an empty passphrase', file, '', 'does not open this root'],
  ['a flipped bit', changed({ sealed: flipped(JSON.parse(file).sealed) }), undefined, 'not open'],
  ['another salt', changed({ salt: 'A'.repeat(22) }), undefined, 'does not open this root'],
  ['another public key', changed({ publicKey: 'A'.repeat(43) }), undefined, 'does not open'],
  ['a cheaper derivation', changed({ kdf: 'scrypt N=2 r=8 p=1' }), undefined, 'is none that'],
  ['a dearer derivation', changed({ kdf: 'scrypt N=2147483648 r=8 p=1' }), undefined, 'is none'],
  ['a member too many', changed({ note: 'x' }), undefined, 'is none that'],
  ['a short body', changed({ sealed: 'AAAA' }), undefined, 'is none that'],
  ['no JSON', 'root', undefined, 'is none that'],
])('attacks: a sealed root does not open with %s', (_name, text, passphrase, says) => {
  const given = passphrase === undefined ? PASSPHRASE : Buffer.from(passphrase);
  expect(() => openSeed(text, given)).toThrow(says);
});

test('takes no short passphrase', () => {
  for (const short of ['12345678901', 'é'.repeat(11)])
    expect(() => sealSeed(seed, Buffer.from(short))).toThrow('at least 12');
  expect(JSON.parse(sealSeed(seed, Buffer.from('é'.repeat(12))))).toBeDefined();
});

function flipped(text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return bytes.toString('base64url');
}
