import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binding, REBOUND } from '../../test/sealing-fixture.ts';
import { type Binding, encodeBinding } from './binding.ts';

const ascii = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
  maxLength: 20,
});
const bindings: fc.Arbitrary<Binding> = fc.record({
  version: fc.constant(1 as const),
  env: fc.constantFrom('test' as const, 'live' as const),
  tenant: ascii,
  keyId: ascii,
  ticketNonce: ascii,
  sessionId: ascii,
  parentOrigin: ascii,
  attempt: fc.nat(0xffffffff),
  kid: ascii,
  issuedAt: fc.nat(Number.MAX_SAFE_INTEGER),
  billingDigest: fc.oneof(
    fc.constant(new Uint8Array(0)),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
  ),
});

test('starts with its label and spells every part in order', () => {
  const parts: string[] = [];
  for (let rest = Buffer.from(encodeBinding(binding)); rest.length > 0; ) {
    const length = rest.readUInt16BE(0);
    parts.push(rest.subarray(2, 2 + length).toString('latin1'));
    rest = rest.subarray(2 + length);
  }
  expect(parts).toStrictEqual([
    'hushfield/v1/binding',
    '\x01',
    'test',
    'ten_1',
    'Ab3dEf9h',
    'bm9uY2U',
    'ses_1',
    'https://shop.example',
    '\x00\x00\x00\x01',
    'AAAAAAAAAAAAAAAAAAAAAA',
    '\x00\x00\x00\x00\x6a\xb1\x3b\x80',
    '\x05'.repeat(32),
  ]);
});

test('no two bindings share an encoding', () => {
  const property = fc.property(bindings, bindings, (a, b) => {
    const same = Buffer.compare(encodeBinding(a), encodeBinding(b)) === 0;
    expect(same).toBe(JSON.stringify(a) === JSON.stringify(b));
  });
  fc.assert(property, { numRuns: 300 });
});

test('moving a character between neighbours changes the bytes', () => {
  const a = encodeBinding({ ...binding, tenant: 'ab', keyId: 'c' });
  const b = encodeBinding({ ...binding, tenant: 'a', keyId: 'bc' });
  expect(a).not.toStrictEqual(b);
});

test.each(REBOUND)('changes with the %s', (_, change) => {
  const other = encodeBinding({ ...binding, ...change } as Binding);
  expect(other).not.toStrictEqual(encodeBinding(binding));
});

test.each<[string, Partial<Binding>]>([
  ['a lone surrogate', { tenant: '\ud800' }],
  ['a control character', { keyId: 'a\0b' }],
  ['an umlaut', { parentOrigin: 'https://bücher.example' }],
  ['a negative attempt', { attempt: -1 }],
  ['a broken attempt', { attempt: 1.5 }],
  ['a huge attempt', { attempt: 2 ** 32 }],
  ['NaN', { issuedAt: Number.NaN }],
  ['a short digest', { billingDigest: new Uint8Array(31) }],
  ['a text beyond uint16', { sessionId: 'a'.repeat(65_536) }],
])('throws RangeError for %s', (_, change) => {
  expect(() => encodeBinding({ ...binding, ...change })).toThrow(RangeError);
});
