import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from './base64url.ts';

test('agrees with the platform and comes back', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    const text = toBase64Url(bytes);
    expect(text).toBe(Buffer.from(bytes).toString('base64url'));
    expect(fromBase64Url(text, bytes.length)).toStrictEqual(bytes);
  });
  fc.assert(property);
});

test.each([
  ['padding', 'AA==', 1],
  ['the other alphabet', '++++', 3],
  ['stray low bits', 'AB', 1],
  ['too many bytes', 'AAAA', 2],
  ['too few bytes', 'AAAA', 4],
  ['a space', 'AAA ', 3],
  ['a line break', 'AA\n', 2],
])('refuses %s', (_, text, size) => {
  expect(fromBase64Url(text, size)).toBeUndefined();
});

test('any text is undefined or the one spelling of its bytes', () => {
  const property = fc.property(fc.string({ maxLength: 12 }), fc.nat(12), (text, size) => {
    const bytes = fromBase64Url(text, size);
    if (bytes !== undefined) expect([bytes.length, toBase64Url(bytes)]).toStrictEqual([size, text]);
  });
  fc.assert(property, { numRuns: 1000 });
});
