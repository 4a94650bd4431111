import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomBase62 } from './base62.ts';
import { crc32 } from './crc32.ts';
import { hashApiKey, isTokenId, newApiKey, newId, newTokenId, parseApiKey } from './index.ts';

const modes = fc.constantFrom('test' as const, 'live' as const);
const kinds = fc.constantFrom('pk' as const, 'sk' as const, 'rk' as const);

describe('check and alphabet', () => {
  test('CRC-32 has its published check value and agrees with zlib', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    const ascii = fc
      .array(fc.integer({ min: 0x20, max: 0x7e }))
      .map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(ascii, (text) => crc32(text) === zlibCrc32(text)));
  });

  test('bytes that would favour some digits are thrown away', () => {
    const batches = [Uint8Array.of(248, 255, 0, 61), Uint8Array.of(62, 247, 9)];
    expect(randomBase62(4, () => batches.shift() ?? new Uint8Array(0))).toBe('0z0z');
  });

  test('digits are about equally frequent', () => {
    const counts = new Map<string, number>();
    for (const digit of Array.from({ length: 3000 }, () => newId('x').slice(2)).join('')) {
      counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    const expected = 66_000 / 62;
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(62);
    expect(chi).toBeLessThan(140); // 61 degrees of freedom: p < 1e-7
  });
});

describe('token ids', () => {
  test('have their form and their check', () => {
    fc.assert(
      fc.property(modes, (mode) => {
        const id = newTokenId(mode);
        expect(id).toMatch(new RegExp(`^tok_${mode}_[0-9A-Za-z]{28}$`));
        expect(isTokenId(id)).toBe(true);
      }),
    );
  });

  test('any single changed character is noticed', () => {
    const id = newTokenId('live');
    const letters = fc.constantFrom(...'0123456789ABCxyz_-é');
    const property = fc.property(fc.nat(id.length - 1), letters, (at, letter) => {
      fc.pre(id[at] !== letter);
      expect(isTokenId(id.slice(0, at) + letter + id.slice(at + 1))).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test.each([
    ['an id of the other mode with its digits', newTokenId('test').replace('test', 'live')],
    ['a line break at the end', `${newTokenId('test')}\n`],
    ['nothing', ''],
    ['an API key', newApiKey('sk', 'test').key],
  ])('refuses %s', (_, text) => {
    expect(isTokenId(text)).toBe(false);
  });

  test('differ from each other', () => {
    expect(new Set(Array.from({ length: 1000 }, () => newTokenId('test'))).size).toBe(1000);
  });
});

describe('other ids', () => {
  test('carry their prefix and 22 digits', () => {
    expect(newId('req')).toMatch(/^req_[0-9A-Za-z]{22}$/);
    expect(newId('ses_test')).toMatch(/^ses_test_[0-9A-Za-z]{22}$/);
  });

  test.each(['', 'Req', '1a', 'a b', 'a'.repeat(25)])('refuse the prefix %j', (prefix) => {
    expect(() => newId(prefix)).toThrow(RangeError);
  });
});

describe('API keys', () => {
  test('say what they are', () => {
    const property = fc.property(kinds, modes, (kind, mode) => {
      const { key, keyId } = newApiKey(kind, mode);
      expect(key).toMatch(new RegExp(`^${kind}_${mode}_${keyId}[0-9A-Za-z]{38}$`));
      expect(parseApiKey(key)).toStrictEqual({ kind, mode, keyId });
    });
    fc.assert(property);
  });

  test('any text is parsed or is undefined, and never throws', () => {
    const { key } = newApiKey('pk', 'live');
    const near = fc
      .tuple(fc.nat(key.length - 1), fc.string({ maxLength: 3 }))
      .map(([at, text]) => key.slice(0, at) + text + key.slice(at + 1));
    const property = fc.property(fc.oneof(fc.string(), near), (text) => {
      fc.pre(text !== key);
      expect(parseApiKey(text)).toBeUndefined();
    });
    fc.assert(property, { numRuns: 500 });
  });

  test('are stored under a pepper, never as they are', () => {
    const { key } = newApiKey('sk', 'live');
    const pepper = new Uint8Array(32).fill(3);
    const hash = hashApiKey(pepper, key);
    expect(hash.length).toBe(32);
    expect(hashApiKey(pepper, key)).toStrictEqual(hash);
    expect(
      hashApiKey(
        pepper.map(() => 4),
        key,
      ),
    ).not.toStrictEqual(hash);
    expect(hashApiKey(pepper, newApiKey('sk', 'live').key)).not.toStrictEqual(hash);
    expect(() => hashApiKey(pepper.subarray(1), key)).toThrow(RangeError);
  });
});
