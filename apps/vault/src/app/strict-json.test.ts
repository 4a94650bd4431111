import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonTestSuite } from '../../test/vectors.ts';
import { JsonRefused, parseStrictJson } from './strict-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const accepts = (input: Uint8Array) => {
  try {
    parseStrictJson(input);
    return true;
  } catch (error) {
    if (error instanceof JsonRefused) return false;
    throw error;
  }
};

describe('parseStrictJson', () => {
  test.each([
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a key twice, with space before the colon', '{"a" :1,"a"\t:2}'],
    ['a key twice inside', '[{"b":{"a":1,"a":2}}]'],
    ['__proto__', '{"__proto__":{}}'],
    ['an escaped __proto__', '{"\\u005f_proto__":{}}'],
    ['constructor', '{"x":{"constructor":{}}}'],
    ['prototype', '{"prototype":1}'],
    ['depth 9', `${'['.repeat(9)}${']'.repeat(9)}`],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['two values', '{}{}'],
    ['a comment', '{}//'],
    ['a trailing comma', '{"a":1,}'],
  ])('refuses %s', (_name, text) => {
    expect(accepts(bytes(text))).toBe(false);
  });

  test.each([
    ['depth 8', `${'['.repeat(8)}${']'.repeat(8)}`],
    ['equal keys in different objects', '[{"a":1},{"a":{"a":"a"}}]'],
    ['brackets, quotes and colons in texts', '{"a":"{[\\"a\\": ","b":["a","a"]}'],
    ['a text that names a forbidden key', '["__proto__","constructor"]'],
    ['a bare text', '"a"'],
  ])('accepts %s', (_name, text) => {
    expect(parseStrictJson(bytes(text))).toStrictEqual(JSON.parse(text));
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(accepts(Uint8Array.of(0x22, 0xff, 0x22))).toBe(false);
    expect(accepts(Uint8Array.of(0x22, 0xc0, 0xaf, 0x22))).toBe(false);
  });

  test('never quotes the text in its error', () => {
    expect(() => parseStrictJson(bytes('{"number":"4242424242424242"'))).toThrow(/^not JSON$/);
  });

  test('reads what JSON.stringify writes', () => {
    const shallow = fc.jsonValue({ maxDepth: 6 }).filter((value) => {
      const text = JSON.stringify(value);
      return !/"(__proto__|constructor|prototype)":/.test(text);
    });
    fc.assert(
      fc.property(shallow, (value) => {
        const text = JSON.stringify(value);
        expect(parseStrictJson(bytes(text))).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  // Duplicate keys are allowed by the grammar and refused by us, on purpose; so is depth.
  const OURS = new Set(['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json']);
  const suite = jsonTestSuite().filter(([name]) => /^[yn]_/.test(name));
  test.each(suite)('judges %s as the suite does', (name, input) => {
    expect(accepts(input)).toBe(name.startsWith('y_') && !OURS.has(name));
  });
});
