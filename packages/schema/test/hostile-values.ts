import { hostileStrings } from './repository.ts';

class Plain {
  v = 1;
  type = 'hello';
  ok = true;
}

/** An array of nothing but holes. */
export const holes = (length: number): unknown[] => Object.assign([], { length });

const ownProto = (value: unknown): unknown =>
  Object.defineProperty({}, '__proto__', {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });

/** Strings that are names, look like numbers, or end in the middle of a character. */
export const strings: readonly string[] = [
  ...['', ' ', '\n', 'a\n', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'],
  ...[
    '0',
    '1',
    '-0',
    '1e3',
    'NaN',
    'null',
    'true',
    'undefined',
    '\u0000',
    '\ud800',
    '\udc00\ud800',
  ],
  ...[
    'a\u0301',
    '\u202eabc',
    '2024-02-30T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-02-29T24:00:00Z',
  ],
  ...[
    '2024-02-29T00:00Z',
    '2024-02-29T00:00:00',
    '2024-02-29T00:00:00+00:00',
    '2024-02-29T00:00:00z',
  ],
  ...[
    '2024-02-29T00:00:00.Z',
    '+2024-02-29T00:00:00Z',
    '0000-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
  ],
  ...[200, 201, 400, 401].flatMap((length) => [
    'a'.repeat(length),
    '😀'.repeat(length),
    '\ud83d'.repeat(length),
  ]),
  ...hostileStrings(),
];

/** Everything but strings that a peer, a page or a bug may hand over; made anew for each case. */
export const makers: readonly (() => unknown)[] = [
  ...[undefined, null, true, false].map((value) => () => value),
  ...[0, -0, 1, -1, 1.5, 15, 28, 32, 2001, 1e21, 2 ** 53, -(2 ** 53), 5e-324].map(
    (value) => () => value,
  ),
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => () => value),
  ...[0n, 1n, 2n ** 64n].map((value) => () => value),
  () => Symbol('ok'),
  () => Symbol.iterator,
  () => () => true,
  () => Plain,
  () => [],
  () => [undefined],
  () => holes(1),
  () => holes(3),
  () => Object.assign([1], { 2: 2 }),
  () => holes(100_000),
  () => holes(1_000).fill('visa'),
  () => Object.assign([], { ok: true, type: 'joined' }),
  () => ({}),
  () => ({ length: 1, 0: 'APPLY' }),
  () => Object.create(null),
  () => Object.assign(Object.create(null), { type: 'joined' }),
  () => Object.freeze({ ok: true, value: 1 }),
  () => ownProto({ ok: true }),
  () => ownProto(null),
  () => JSON.parse('{"type":"joined","__proto__":{"x":1}}'),
  () => JSON.parse('{"constructor":{"prototype":{"ok":true}}}'),
  () => Object.defineProperty({}, 'type', { value: 'joined' }),
  () => Object.defineProperty({ type: 'joined' }, 'hidden', { value: 1 }),
  () => ({ type: 'joined', [Symbol('extra')]: 1 }),
  () => ({ [Symbol('number')]: 1 }),
  () => ({
    get type() {
      return 'joined';
    },
  }),
  () => new Plain(),
  () => new Proxy({ type: 'joined' }, {}),
  () => new Proxy([], {}),
  () => new Date(0),
  () => new Date(Number.NaN),
  () => new Map([['ok', true]]),
  () => new Set(['ok']),
  () => new WeakMap(),
  () => new Uint8Array(2),
  () => new ArrayBuffer(2),
  () => Promise.resolve(true),
  () => new String('visa'),
  () => new Number(1),
  () => new Boolean(true),
  () => Object(1n),
  () => globalThis.structuredClone({ ok: false, code: 'internal' }),
];
