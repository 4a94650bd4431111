import { describe, expect, it } from 'vitest';
import * as real from 'zod/mini';
import { outcome } from '../test/outcome.ts';
import * as room from './index.ts';

// The room's types are its own and poorer; where both are called alike, zod's judge the call.
const libraries = [
  ['zod/mini', real],
  ['this room', room as unknown as typeof real],
] as const;

class Version {
  v = 1;
}
const sparse = Object.assign([1], { 2: 2 });

describe.each(libraries)('%s', (_name, z) => {
  const card = z.strictObject({ v: z.literal(1), name: z.optional(z.string()) });
  const shapes = z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('a'), n: z.int() }),
    z.strictObject({ type: z.enum(['b', 'c']) }),
  ]);
  const record = z.partialRecord(z.enum(['a', 'b']), z.int());
  const pair = z.tuple([z.int(), z.optional(z.string())]);
  const text = z.string().check(z.minLength(1), z.maxLength(2));
  const trimmed = z.pipe(
    z.string().check(z.maxLength(3)),
    z.transform((value: string) => value.trim()),
  );
  const nested = z.strictObject({ list: z.array(z.strictObject({ n: z.int() })) });
  const own = (value: unknown) => JSON.parse(`{"v":1,"__proto__":${JSON.stringify(value)}}`);
  const bare = (value: object) => Object.assign(Object.create(null), value);

  it.each([
    ['string', z.string(), 'a', 'a'],
    ['string', z.string(), '', ''],
    ['number', z.number(), 1.5, 1.5],
    ['number', z.number(), -0, -0],
    ['int', z.int(), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['int', z.int(), -0, -0],
    ['boolean', z.boolean(), false, false],
    ['undefined', z.undefined(), undefined, undefined],
    ['unknown', z.unknown(), null, null],
    ['literal', z.literal('x'), 'x', 'x'],
    ['literal of several', z.literal([0, 6, 8]), 8, 8],
    ['literal of several, zero', z.literal([0, 6, 8]), -0, -0],
    ['literal of several, undefined', z.literal(['x', undefined]), undefined, undefined],
    ['literal zero', z.literal(0), -0, -0],
    ['enum', z.enum(['a', 'b']), 'b', 'b'],
    ['optional', z.optional(z.int()), undefined, undefined],
    ['nullable', z.nullable(z.int()), null, null],
    ['nullable', z.nullable(z.int()), 3, 3],
    ['pipe', trimmed, ' a ', 'a'],
    ['lengths', text, 'ab', 'ab'],
    ['lengths in code points', text, '😀😀', '😀😀'],
    ['lengths of lone surrogates', text, '\ud83d\ud83d', '\ud83d\ud83d'],
    ['bounds', z.number().check(z.minimum(1), z.maximum(2)), 2, 2],
    ['strictObject', card, { v: 1, name: 'a' }, { v: 1, name: 'a' }],
    ['strictObject, key absent', card, { v: 1 }, { v: 1 }],
    ['strictObject, key undefined', card, { v: 1, name: undefined }, { v: 1, name: undefined }],
    ['strictObject, null prototype', card, bare({ v: 1 }), { v: 1 }],
    ['strictObject, symbol key', card, { v: 1, [Symbol('s')]: 1 }, { v: 1 }],
    [
      'strictObject, hidden key',
      card,
      Object.defineProperty({ v: 1 }, 'x', { value: 1 }),
      { v: 1 },
    ],
    ['strictObject, class instance', card, new Version(), { v: 1 }],
    ['object', z.object({ v: z.literal(1) }), { v: 1 }, { v: 1 }],
    ['object, key unknown', z.object({ v: z.literal(1) }), { v: 1, x: 1 }, { v: 1 }],
    ['object, own __proto__', z.object({ v: z.literal(1) }), own({ v: 1 }), { v: 1 }],
    ['strictObject, date', z.strictObject({}), new Date(0), {}],
    ['strictObject, map', z.strictObject({}), new Map([['v', 1]]), {}],
    ['array', z.array(z.int()), [1, 2], [1, 2]],
    ['array, hole', z.array(z.unknown()), sparse, [1, undefined, 2]],
    ['array, extra property', z.array(z.int()), Object.assign([1], { x: 1 }), [1]],
    ['tuple', pair, [1, 'a'], [1, 'a']],
    ['tuple, tail absent', pair, [1], [1]],
    ['tuple, tail undefined', pair, [1, undefined], [1, undefined]],
    ['tuple, empty', z.tuple([]), [], []],
    ['union', shapes, { type: 'a', n: 1 }, { type: 'a', n: 1 }],
    ['union, enum tag', shapes, { type: 'c' }, { type: 'c' }],
    ['record', record, { b: 1 }, { b: 1 }],
    ['record, empty', record, {}, {}],
    ['record, null prototype', record, bare({ a: 1 }), { a: 1 }],
    ['record, own __proto__', record, JSON.parse('{"__proto__":{"a":1}}'), {}],
    ['record, hidden key', record, Object.defineProperty({}, 'x', { value: 1 }), {}],
    ['datetime', z.iso.datetime(), '2024-02-29T23:59:59.123Z', '2024-02-29T23:59:59.123Z'],
    ['datetime, year 0', z.iso.datetime(), '0000-02-29T00:00:00Z', '0000-02-29T00:00:00Z'],
  ] as [string, real.ZodMiniType, unknown, unknown][])(
    'accepts %s',
    (_case, schema, value, data) => {
      expect(outcome(schema, value)).toStrictEqual({ data });
    },
  );

  it.each([
    ['string', z.string(), new String('a'), []],
    ['number', z.number(), Number.NaN, []],
    ['number', z.number(), Number.POSITIVE_INFINITY, []],
    ['number', z.number(), 1n, []],
    ['int', z.int(), 2 ** 53, []],
    ['int', z.int(), 1.5, []],
    ['int', z.int(), '1', []],
    ['boolean', z.boolean(), 0, []],
    ['undefined', z.undefined(), null, []],
    ['literal', z.literal(1), '1', []],
    ['literal of several, a text', z.literal([0, 6, 8]), '6', []],
    ['literal of several, the list', z.literal([0, 6, 8]), [0, 6, 8], []],
    ['literal of none', z.literal([]), undefined, []],
    ['enum, inherited name', z.enum(['a']), 'toString', []],
    ['enum, __proto__', z.enum(['a']), '__proto__', []],
    ['optional', z.optional(z.int()), null, []],
    ['nullable', z.nullable(z.int()), undefined, []],
    ['pipe', trimmed, '    ', []],
    ['pipe', trimmed, 1, []],
    ['too short', text, '', []],
    ['too long', text, 'abc', []],
    ['below', z.int().check(z.minimum(1)), 0, []],
    ['above', z.int().check(z.maximum(1)), 2, []],
    ['regex and newline', z.string().check(z.regex(/^a$/)), 'a\n', []],
    ['strictObject, null', card, null, []],
    ['strictObject, array', card, [], []],
    ['strictObject, key missing', card, {}, ['v']],
    ['object, key missing', z.object({ v: z.literal(1) }), { x: 1 }, ['v']],
    ['object, null', z.object({}), null, []],
    ['strictObject, key unknown', card, { v: 1, x: 1 }, []],
    ['strictObject, unknown key undefined', card, { v: 1, x: undefined }, []],
    ['strictObject, own __proto__', card, own({}), []],
    ['strictObject, unknown() missing', z.strictObject({ a: z.unknown() }), {}, ['a']],
    ['strictObject, undefined() missing', z.strictObject({ a: z.undefined() }), {}, ['a']],
    ['strictObject, nested', nested, { list: [{ n: 1 }, { n: '1' }] }, ['list', 1, 'n']],
    ['array-like', z.array(z.int()), { length: 0 }, []],
    ['array, typed', z.array(z.int()), new Uint8Array(1), []],
    ['array, hole', z.array(z.int()), sparse, [1]],
    ['array, too long before its elements', z.array(z.int()).check(z.maxLength(1)), ['a', 'b'], []],
    ['array, elements before too short', z.array(z.int()).check(z.minLength(2)), ['a'], [0]],
    ['array, too short', z.array(z.int()).check(z.minLength(2)), [1], []],
    ['tuple, short', pair, [], []],
    ['tuple, long', pair, [1, 'a', undefined], []],
    ['tuple, wrong', pair, [1, 2], [1]],
    ['tuple, middle optional', z.tuple([z.optional(z.int()), z.int()]), [1], []],
    ['union, no tag', shapes, {}, ['type']],
    ['union, other tag', shapes, { type: 'toString' }, ['type']],
    ['union, array', shapes, ['a'], []],
    ['union, other branch', shapes, { type: 'c', n: 1 }, []],
    ['union, inside', shapes, { type: 'a', n: 'x' }, ['n']],
    ['record, unknown key', record, { c: 1 }, []],
    ['record, symbol key', record, { [Symbol('a')]: 1 }, []],
    ['record, value', record, { a: 1, b: '1' }, ['b']],
    ['record, value before unknown key', record, { c: 1, a: '1' }, ['a']],
    ['record, date', record, new Date(0), []],
    ['record, map', record, new Map(), []],
    ['record, class instance', record, new Version(), []],
    ['datetime, offset', z.iso.datetime(), '2024-01-01T00:00:00+00:00', []],
    ['datetime, no seconds', z.iso.datetime(), '2024-01-01T00:00Z', []],
    ['datetime, local', z.iso.datetime(), '2024-01-01T00:00:00', []],
    ['datetime, lower case', z.iso.datetime(), '2024-01-01t00:00:00z', []],
    ['datetime, leap second', z.iso.datetime(), '2016-12-31T23:59:60Z', []],
    ['datetime, hour 24', z.iso.datetime(), '2024-01-01T24:00:00Z', []],
    ['datetime, newline', z.iso.datetime(), '2024-01-01T00:00:00Z\n', []],
  ] as [string, real.ZodMiniType, unknown, PropertyKey[]][])(
    'refuses %s',
    (_case, schema, value, path) => {
      expect(outcome(schema, value)).toStrictEqual({ path });
    },
  );

  it('judges every day of four centuries and every clock time', () => {
    const datetime = z.iso.datetime();
    const two = (number: number) => String(number).padStart(2, '0');
    const leap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    for (let year = 1796; year < 2204; year += 1) {
      const days = [31, leap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
      for (let month = 0; month <= 13; month += 1) {
        for (const day of [0, 1, 27, 28, 29, 30, 31, 32, 99]) {
          const valid = day >= 1 && day <= (days[month - 1] ?? 0);
          const given = datetime.safeParse(`${year}-${two(month)}-${two(day)}T00:00:00Z`).success;
          if (given !== valid) expect.fail(`${year}-${month}-${day}`);
        }
      }
    }
    for (let value = 0; value < 100; value += 1) {
      const given = [`T${two(value)}:00:00Z`, `T00:${two(value)}:00Z`, `T00:00:${two(value)}Z`];
      const judged = given.map((time) => datetime.safeParse(`2024-01-01${time}`).success);
      expect(judged).toStrictEqual([value < 24, value < 60, value < 60]);
    }
  });

  it('answers twice alike for a pattern with the g flag', () => {
    const schema = z.string().check(z.regex(/^a/g));
    expect([schema.safeParse('ab').success, schema.safeParse('ab').success]).toStrictEqual([
      true,
      true,
    ]);
  });

  it('lends its shape to a wider object', () => {
    const wider = z.strictObject({ ...card.shape, extra: z.boolean() });
    expect(outcome(wider, { v: 1, extra: true })).toStrictEqual({ data: { v: 1, extra: true } });
  });

  it('copies what it accepts, plain and writable', () => {
    const input = Object.freeze({ list: Object.freeze([Object.freeze({ n: 1 })]) });
    const data = nested.parse(input);
    expect(data).toStrictEqual({ list: [{ n: 1 }] });
    expect([data === input, data.list === input.list]).toStrictEqual([false, false]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  it('lets what a getter or a proxy throws pass', () => {
    const boom = new Error('boom');
    const throwing = {
      get v() {
        throw boom;
      },
    };
    const trap = () => {
      throw boom;
    };
    const proxy = new Proxy(
      { v: 1 },
      { ownKeys: trap, get: trap, has: trap, getPrototypeOf: trap },
    );
    const judged = [throwing, proxy].map((value) => outcome(card, value));
    expect(judged).toStrictEqual([{ threw: boom }, { threw: boom }]);
    expect(outcome(record, proxy)).toStrictEqual({ threw: boom });
  });

  it('refuses an option without the tag when the union is made', () => {
    const option = z.strictObject({ other: z.literal('a') });
    expect(() => z.discriminatedUnion('type', [option as never])).toThrow();
  });

  it('takes settings', () => {
    expect(() => z.config({ jitless: true })).not.toThrow();
  });
});
