import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bundleOf,
  DAY,
  delegation,
  edited,
  HOUR,
  keys,
  manifest,
  NOW,
  resigned,
  root,
  signText,
  stranger,
  trust,
  worker,
} from '../../test/manifest-fixture.ts';
import { fallbackEd25519 } from '../fallback/index.ts';
import { type Ed25519Verify, nativeEd25519 } from '../seal/index.ts';
import {
  CryptoError,
  kidOf,
  type ManifestBundle,
  type ManifestTrust,
  signDelegation,
  signManifest,
  verifyManifest,
} from './index.ts';
import { DELEGATION_LABEL, MANIFEST_LABEL } from './payload.ts';

const native = await nativeEd25519();
if (native === undefined) throw new Error('this runtime has no native Ed25519');
const VERIFIERS: [string, Ed25519Verify][] = [
  ['native', native],
  ['fallback', fallbackEd25519],
];

const honest = bundleOf();
const refused = new CryptoError('manifest_invalid');

type EditedKey = { kid: string; suite: number[]; pk: string; nbf: number };
/** Edits the first published key in place. */
const editKey = (edit: (key: EditedKey) => void) =>
  edited((value) => {
    for (const key of (value['keys'] as EditedKey[]).slice(0, 1)) edit(key);
  });

const FORGED: [string, ManifestBundle, Partial<ManifestTrust>?][] = [
  ['root unknown', honest, { rootPublicKey: stranger.publicKey }],
  ['root key truncated', honest, { rootPublicKey: root.publicKey.subarray(1) }],
  ['other env trusted', honest, { env: 'test' }],
  ['rolled back', honest, { minSeq: 8 }],
  ['delegation expired', bundleOf({ exp: NOW })],
  ['delegation not yet valid', bundleOf({ nbf: NOW + 1 })],
  ['manifest expired', bundleOf({}, { exp: NOW })],
  ['manifest not yet valid', bundleOf({}, { nbf: NOW + 1 })],
  ['time far in the future', honest, { now: NOW + 40 * DAY }],
  ['time not a number', honest, { now: Number.NaN }],
  ['minSeq not a number', honest, { minSeq: Number.NaN }],
  ['delegation for the other env', bundleOf({ env: 'test' as 'live' })],
  ['manifest for the other env', bundleOf({}, { env: 'test' as 'live' })],
  ['manifest signed by another key', { ...honest, ...signManifest(stranger, manifest) }],
  ['manifest signed by the root', { ...honest, ...signManifest(root, manifest) }],
  ['delegation signed by another key', { ...honest, ...signDelegation(stranger, delegation) }],
  ['delegation signed by itself', { ...honest, ...signDelegation(worker, delegation) }],
  ['delegation to another key', bundleOf({ manifestKey: stranger.publicKey })],
  ['no key valid now', bundleOf({}, { keys: [keys.future] })],
  [
    'delegation signed under the label of manifests',
    { ...honest, delegationSignature: signText(root, MANIFEST_LABEL, honest.delegation) },
  ],
  [
    'manifest signed under the label of delegations',
    { ...honest, manifestSignature: signText(worker, DELEGATION_LABEL, honest.manifest) },
  ],
  ['signature padded', { ...honest, manifestSignature: `${honest.manifestSignature}==` }],
  ['signature empty', { ...honest, delegationSignature: '' }],
  ['texts swapped', { ...honest, delegation: honest.manifest, manifest: honest.delegation }],
  ['manifest altered by a space', { ...honest, manifest: `${honest.manifest} ` }],
  ['seq not of type number', resigned({ manifest: edited((v) => ({ ...v, seq: '7' })) })],
  ['seq negative', resigned({ manifest: edited((v) => ({ ...v, seq: -7 })) }), { minSeq: -9 }],
  ['unknown version', resigned({ manifest: edited((v) => ({ ...v, v: 2 })) })],
  ['unknown version delegated', resigned({ delegation: edited((v) => ({ ...v, v: 2 })) })],
  ['member too many', resigned({ manifest: edited((v) => ({ ...v, note: 'x' })) })],
  ['member too many delegated', resigned({ delegation: edited((v) => ({ ...v, note: 'x' })) })],
  ['member missing', resigned({ manifest: edited(without('nbf')) })],
  ['member missing delegated', resigned({ delegation: edited(without('exp')) })],
  ['text not JSON', resigned({ manifest: () => '{' })],
  ['text null', resigned({ manifest: () => 'null' })],
  ['text an array', resigned({ manifest: () => '[]' })],
  ['text with a space inside', resigned({ manifest: (text) => text.replace(',', ', ') })],
  ['text with an escape', resigned({ manifest: (text) => text.replace('live', '\\u006cive') })],
  ['number with an exponent', resigned({ manifest: (t) => t.replace('"seq":7', '"seq":7e0') })],
  ['member twice', resigned({ manifest: (t) => t.replace('"seq":7', '"seq":7,"seq":8') })],
  ['member __proto__', resigned({ manifest: (t) => t.replace('"seq"', '"__proto__"') })],
  ['text too long', resigned({ manifest: (t) => t.replace('live', 'l'.repeat(70_000)) })],
  ['keys empty', resigned({ manifest: edited((v) => ({ ...v, keys: [] })) })],
  ['keys an object', resigned({ manifest: edited((v) => ({ ...v, keys: { length: 1 } })) })],
  ['key null', resigned({ manifest: edited((v) => ({ ...v, keys: [null] })) })],
  ['same key twice', resigned({ manifest: edited(twice) })],
  ['another suite', resigned({ manifest: editKey((key) => key.suite.splice(0, 1, 32)) })],
  ['suite too long', resigned({ manifest: editKey((key) => key.suite.push(1)) })],
  ['kid of another key', resigned({ manifest: editKey((key) => void (key.kid = 'A'.repeat(22))) })],
  ['public key short', resigned({ manifest: editKey((key) => void (key.pk = 'AAAA')) })],
  ['public key altered', resigned({ manifest: editKey(alterKey) })],
  ['window empty', resigned({ manifest: edited((v) => ({ ...v, nbf: v['exp'] })) })],
  [
    'delegation for 35 days and a second',
    resigned({ delegation: edited((v) => ({ ...v, exp: Number(v['nbf']) + 35 * DAY + 1 })) }),
  ],
  [
    'manifest key of 31 bytes',
    resigned({ delegation: edited((v) => ({ ...v, manifestKey: 'A'.repeat(42) })) }),
  ],
];

function without(name: string) {
  return (value: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(value).filter(([member]) => member !== name));
}

function twice(value: Record<string, unknown>) {
  const [first] = value['keys'] as EditedKey[];
  return { ...value, keys: [first, first] };
}

function alterKey(key: EditedKey): void {
  key.pk = (key.pk.startsWith('A') ? 'B' : 'A') + key.pk.slice(1);
}

describe.each(VERIFIERS)('by %s Ed25519', (_, verify) => {
  test('gives the newest key that is valid now', async () => {
    expect(await verifyManifest(honest, trust, verify)).toStrictEqual({
      ...keys.newer,
      kid: kidOf(keys.newer.publicKey),
      seq: 7,
    });
  });

  test('follows the clock from key to key', async () => {
    const at = async (now: number) =>
      (
        await verifyManifest(
          bundleOf({}, { nbf: NOW - DAY, exp: NOW + 2 * DAY }),
          { ...trust, now },
          verify,
        )
      ).kid;
    expect([
      await at(NOW - 3 * HOUR),
      await at(NOW - 2 * HOUR),
      await at(NOW + 6 * HOUR),
    ]).toStrictEqual([keys.older, keys.newer, keys.future].map((key) => kidOf(key.publicKey)));
  });

  test('takes a delegation of exactly 35 days, and any newer seq', async () => {
    const bundle = bundleOf({ nbf: NOW - DAY, exp: NOW + 34 * DAY }, { seq: 1000 });
    expect((await verifyManifest(bundle, trust, verify)).seq).toBe(1000);
  });

  test.each(FORGED)('refuses: %s', async (_title, bundle, wrong) => {
    const answer = verifyManifest(bundle, { ...trust, ...wrong }, verify);
    await expect(answer).rejects.toStrictEqual(refused);
  });
});

test('each rewriting helper still passes when it changes nothing', async () => {
  const same = resigned({ manifest: edited((v) => v), delegation: edited((v) => v) });
  expect((await verifyManifest(same, trust, fallbackEd25519)).seq).toBe(7);
});

test('a verifier that throws or answers oddly is no', async () => {
  const odd = (async () => 'yes') as unknown as Ed25519Verify;
  for (const verify of [async () => Promise.reject(new Error('no')), async () => false, odd]) {
    await expect(verifyManifest(honest, trust, verify)).rejects.toStrictEqual(refused);
  }
});

test('parses nothing before its signature is good', async () => {
  const asked: string[] = [];
  const refuse: Ed25519Verify = async (_, message) => {
    asked.push(Buffer.from(message).toString('latin1'));
    return false;
  };
  const bundle = { ...honest, delegation: '{"bad', manifest: '{"bad' };
  await expect(verifyManifest(bundle, trust, refuse)).rejects.toStrictEqual(refused);
  expect(asked.length).toBe(1);
});

test('garbage of any type throws the one error', async () => {
  const part = fc.oneof(fc.string(), fc.anything(), fc.constantFrom(...Object.values(honest)));
  const bundles = fc.oneof(
    fc.anything(),
    fc.record({
      delegation: part,
      delegationSignature: part,
      manifest: part,
      manifestSignature: part,
    }),
  );
  const property = fc.asyncProperty(bundles, async (bundle) => {
    fc.pre(JSON.stringify(bundle) !== JSON.stringify(honest));
    const answer = verifyManifest(bundle as ManifestBundle, trust, fallbackEd25519);
    await expect(answer).rejects.toStrictEqual(refused);
  });
  await fc.assert(property, { numRuns: 200 });
});

test('a flipped bit anywhere throws the one error', async () => {
  const names = fc.constantFrom(
    'delegation' as const,
    'delegationSignature' as const,
    'manifest' as const,
    'manifestSignature' as const,
  );
  const property = fc.asyncProperty(names, fc.nat(), fc.nat(6), async (name, at, bit) => {
    const text = Buffer.from(honest[name]);
    const index = at % text.length;
    text[index] = (text[index] ?? 0) ^ (1 << bit);
    const bundle = { ...honest, [name]: text.toString('latin1') };
    await expect(verifyManifest(bundle, trust, fallbackEd25519)).rejects.toStrictEqual(refused);
  });
  await fc.assert(property, { numRuns: 200 });
});

describe('signing', () => {
  test('refuses what no verifier would take', () => {
    expect(() => bundleOf({ exp: NOW + 40 * DAY })).toThrow(RangeError);
    expect(() => bundleOf({ manifestKey: new Uint8Array(31) })).toThrow(TypeError);
    expect(() => bundleOf({ nbf: 1.5 })).toThrow(TypeError);
    expect(() => bundleOf({}, { keys: [] })).toThrow(RangeError);
    expect(() => bundleOf({}, { seq: -1 })).toThrow(TypeError);
  });

  test('gives exact texts of one spelling', () => {
    expect(JSON.parse(honest.delegation)).toStrictEqual({
      v: 1,
      env: 'live',
      nbf: NOW - DAY,
      exp: NOW + 30 * DAY,
      manifestKey: Buffer.from(worker.publicKey).toString('base64url'),
    });
    expect(honest.manifest.startsWith('{"env":"live","exp":')).toBe(true);
    expect(bundleOf()).toStrictEqual(honest);
  });
});
