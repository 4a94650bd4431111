import { describe, expect, it } from 'vitest';
import * as real from 'zod/mini';
import { outcome } from '../test/outcome.ts';
import * as room from './index.ts';

// Everything in which this room differs from zod on purpose: inherited names count for nothing, and
// an error's message is no place for what came in.
const z = room as unknown as typeof real;

const schemas = ([real, z] as const).map((library) => ({
  state: library.strictObject({
    v: library.literal(1),
    name: library.optional(library.string()),
  }),
  record: library.partialRecord(library.enum(['a']), library.int()),
  union: library.discriminatedUnion('t', [library.strictObject({ t: library.literal('a') })]),
  pair: library.tuple([library.int(), library.int()]),
}));
const [theirs, ours] = schemas as [(typeof schemas)[0], (typeof schemas)[0]];

class Named {
  v = 1;
  get name() {
    return 'inherited';
  }
}
const lengthOf = (length: unknown) =>
  new Proxy([], { get: (target, key) => (key === 'length' ? length : Reflect.get(target, key)) });

describe('inherited names', () => {
  it.each([
    ['a declared key', 'state', Object.create({ v: 1 }), { data: { v: 1 } }, { path: ['v'] }],
    [
      'an optional key',
      'state',
      new Named(),
      { data: { v: 1, name: 'inherited' } },
      { data: { v: 1 } },
    ],
    [
      'an unknown key',
      'state',
      Object.assign(Object.create({ x: 1 }), { v: 1 }),
      { path: [] },
      { data: { v: 1 } },
    ],
    ['a tag', 'union', Object.create({ t: 'a' }), { data: { t: 'a' } }, { path: ['t'] }],
    ['a record with a parent', 'record', Object.create({ a: 1 }), { data: {} }, { path: [] }],
  ] as const)('differ from zod: %s', (_case, name, value, theirOutcome, ourOutcome) => {
    expect(outcome(theirs[name], value)).toStrictEqual(theirOutcome);
    expect(outcome(ours[name], value)).toStrictEqual(ourOutcome);
  });
});

describe('an array that lies about its length', () => {
  it.each([[Number.NaN], [-1], [1], [3], ['x'], [undefined]])('is no pair: %s', (length) => {
    expect(outcome(ours.pair, lengthOf(length))).toStrictEqual({ path: [] });
  });

  it('asked for its length again is not believed again', () => {
    let asked = 0;
    const length = { valueOf: () => (asked++ === 0 ? 2 : 0) };
    expect(outcome(ours.pair, lengthOf(length))).toStrictEqual({ path: [0] });
  });
});

it('throws from parse an error that names the path and nothing that came in', () => {
  const pan = '4242424242424242';
  const nested = z.strictObject({ list: z.array(z.strictObject({ n: z.int() })) });
  const messages = [{ list: [{ n: pan }] }, { list: [], [pan]: pan }, pan, { list: pan }].map(
    (value) => {
      try {
        return nested.parse(value);
      } catch (error) {
        return error instanceof Error && error.message;
      }
    },
  );
  expect(messages).toStrictEqual([
    'Invalid input at "list.0.n"',
    'Invalid input at ""',
    'Invalid input at ""',
    'Invalid input at "list"',
  ]);
});
