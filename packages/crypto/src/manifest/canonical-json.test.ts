import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test.each([
  [{ b: [1, 'x', null, true], a: {} }, '{"a":{},"b":[1,"x",null,true]}'],
  [{ aa: 1, a: 2, B: 3 }, '{"B":3,"a":2,"aa":1}'],
  ['é"\n', '"é\\"\\n"'],
])('writes %j', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

test.each([[1.5], [-0], [2 ** 53], [Number.NaN], [undefined], [() => 1], [1n], [{ a: undefined }]])(
  'refuses %s',
  (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  },
);

test('is a fixed point: parsing and writing again changes nothing', () => {
  const leaves = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.nat());
  const values = fc.letrec((tie) => ({
    value: fc.oneof(leaves, fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
  })).value;
  const property = fc.property(values, (value) => {
    const text = canonicalJson(value);
    expect(canonicalJson(JSON.parse(text))).toBe(text);
  });
  fc.assert(property);
});
