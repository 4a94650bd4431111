import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flipped, thrownBy } from '../../test/sealing-fixture.ts';
import { gcmEncrypt } from './aes-gcm.ts';
import {
  CryptoError,
  type DataKey,
  type EnvelopeContext,
  envelopeDataKeyId,
  generateDataKey,
  openEnvelope,
  sealEnvelope,
} from './index.ts';

const dataKey = generateDataKey();
const other = generateDataKey();
const lookup = lookupOf(dataKey, other);
const context: EnvelopeContext = {
  table: 'tokens',
  column: 'envelope',
  tenant: 'ten_1',
  record: 'tok_test_1',
  class: 'pan',
  schemaVersion: 1,
};
const plaintext = new TextEncoder().encode('4242424242424242');
const blob = sealEnvelope(dataKey, context, plaintext);
const refused = new CryptoError('envelope_invalid');

function lookupOf(...keys: DataKey[]) {
  const byId = new Map(keys.map((key) => [key.id, key]));
  return (id: string) => byId.get(id);
}

test('opens where it was sealed, for any plaintext', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    const sealed = sealEnvelope(dataKey, context, bytes);
    expect(sealed.length).toBe(bytes.length + 81);
    expect(openEnvelope(lookup, context, sealed)).toStrictEqual(bytes);
  });
  fc.assert(property);
});

test('names its data key', () => {
  expect(envelopeDataKeyId(blob)).toBe(dataKey.id);
  expect(dataKey.id).toMatch(/^[\w-]{22}$/);
});

test('two envelopes of one plaintext share only version and data key', () => {
  const again = sealEnvelope(dataKey, context, plaintext);
  expect(again.subarray(0, 17)).toStrictEqual(blob.subarray(0, 17));
  for (const [from, to] of [
    [17, 33],
    [33, 65],
    [65, 81],
    [81, 97],
  ] as const) {
    expect(again.subarray(from, to)).not.toStrictEqual(blob.subarray(from, to));
  }
});

describe('moved elsewhere', () => {
  const MOVED: Partial<EnvelopeContext>[] = [
    { table: 'sessions' },
    { column: 'metadata' },
    { tenant: 'ten_2' },
    { record: 'tok_test_2' },
    { class: 'bank' },
    { schemaVersion: 2 },
    { table: 'token', column: 'senvelope' },
  ];

  test.each(MOVED)('does not open at %j', (change) => {
    const there = { ...context, ...change };
    expect(thrownBy(() => openEnvelope(lookup, there, blob))).toStrictEqual(refused);
  });

  test('every member of the context has a row above', () => {
    const changed = new Set(MOVED.flatMap((change) => Object.keys(change)));
    expect(changed).toStrictEqual(new Set(Object.keys(context)));
  });

  test('does not open under another data key id', () => {
    const swapped = Uint8Array.from(blob);
    swapped.set(Buffer.from(other.id, 'base64url'), 1);
    expect(thrownBy(() => openEnvelope(lookup, context, swapped))).toStrictEqual(refused);
  });

  test('does not open under another id for the very same key', () => {
    const twin = { id: other.id, key: dataKey.key };
    const swapped = Uint8Array.from(blob);
    swapped.set(Buffer.from(other.id, 'base64url'), 1);
    const attempt = () => openEnvelope(lookupOf(twin), context, swapped);
    expect(thrownBy(attempt)).toStrictEqual(refused);
  });

  test('does not open when the lookup answers with another key or none', () => {
    for (const answer of [undefined, other, { id: dataKey.id, key: other.key }]) {
      expect(thrownBy(() => openEnvelope(() => answer, context, blob))).toStrictEqual(refused);
    }
  });
});

describe('key commitment', () => {
  test('does not open with the commitment of another envelope', () => {
    const swapped = Uint8Array.from(blob);
    swapped.set(sealEnvelope(dataKey, context, plaintext).subarray(33, 65), 33);
    expect(thrownBy(() => openEnvelope(lookup, context, swapped))).toStrictEqual(refused);
  });

  test('does not open a ciphertext whose tag is right but whose commitment names another key', () => {
    // Rebuild the record key as sealEnvelope does and keep all but the commitment: GCM alone would
    // accept this, which the first expectation proves.
    const label = new TextEncoder().encode('hushfield/v1/envelope');
    const derived = new Uint8Array(hkdfSync('sha256', dataKey.key, blob.slice(17, 33), label, 76));
    const parts = [
      label,
      ...['tokens', 'envelope', 'ten_1', 'tok_test_1', 'pan'].map((text) => Buffer.from(text)),
      Buffer.from(dataKey.id, 'base64url'),
      Buffer.from([0, 0, 0, 1]),
    ];
    const aad = Buffer.concat(parts.flatMap((p) => [Buffer.from([0, p.length]), p]));
    const rebuilt = gcmEncrypt(derived.subarray(0, 32), derived.subarray(32, 44), aad, plaintext);
    expect(rebuilt).toStrictEqual(blob.slice(65));
    const foreign = hkdfSync('sha256', other.key, blob.slice(17, 33), label, 76);
    const swapped = Uint8Array.from(blob);
    swapped.set(new Uint8Array(foreign).subarray(44), 33);
    expect(thrownBy(() => openEnvelope(lookup, context, swapped))).toStrictEqual(refused);
  });
});

describe('hostile bytes', () => {
  test('every flipped bit throws the one error', () => {
    for (let bit = 0; bit < blob.length * 8; bit++) {
      const attempt = () => openEnvelope(lookup, context, flipped(blob, bit));
      expect(thrownBy(attempt)).toStrictEqual(refused);
    }
  });

  test('every truncation throws the one error', () => {
    for (let end = 0; end < blob.length; end++) {
      const attempt = () => openEnvelope(lookup, context, blob.subarray(0, end));
      expect(thrownBy(attempt)).toStrictEqual(refused);
    }
  });

  test('random bytes throw the one error, whatever the lookup finds', () => {
    const bytes = fc.uint8Array({ maxLength: 200 }).map((tail) => Uint8Array.of(1, ...tail));
    const property = fc.property(fc.oneof(bytes, fc.uint8Array()), (hostile) => {
      const found = (id: string) => ({ id, key: dataKey.key });
      expect(thrownBy(() => openEnvelope(found, context, hostile))).toStrictEqual(refused);
      const named = thrownBy(() => envelopeDataKeyId(hostile));
      expect(['returned', refused]).toContainEqual(named);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

test('an error of the key service passes through', () => {
  const down = new Error('key service is down');
  const attempt = () =>
    openEnvelope(
      () => {
        throw down;
      },
      context,
      blob,
    );
  expect(thrownBy(attempt)).toBe(down);
});

test.each([
  ['a short key', { id: dataKey.id, key: new Uint8Array(16) }],
  ['a malformed id', { id: 'x', key: dataKey.key }],
  ['an id of another spelling', { id: `${'A'.repeat(21)}B`, key: dataKey.key }],
])('sealing throws RangeError for %s', (_, malformed) => {
  expect(() => sealEnvelope(malformed, context, plaintext)).toThrow(RangeError);
});
