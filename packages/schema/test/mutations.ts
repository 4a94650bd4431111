import fc from 'fast-check';
import { holes, makers, strings } from './hostile-values.ts';

type Holder = Record<PropertyKey, unknown>;

/** One thing to do to a value: where (indices reduced to what is there) and with what. */
export type Mutation = {
  readonly path: readonly number[];
  readonly kind: number;
  readonly key: number;
  readonly junk: unknown;
};

/** Hostile strings and things, in about equal parts. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...strings),
  fc.constantFrom(...makers).map((make) => make()),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSparseArray: true }),
);

/** Mutations at any depth. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  path: fc.array(fc.nat(20), { maxLength: 4 }),
  kind: fc.nat(),
  key: fc.nat(),
  junk,
});

const names = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'length', 'x', ''],
  ...['v', 'type', 'ok', 'field', 'error', 'value', 'name', 'number', '0', '1'],
];

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;
function define(holder: Holder, key: PropertyKey, value: unknown): boolean {
  // An array's length is no key like others: only a number fits there.
  if (Array.isArray(holder) && key === 'length') return false;
  return Reflect.defineProperty(holder, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

const append = (value: unknown) => (typeof value === 'string' ? `${value}\n` : undefined);
const shift = (value: unknown) => (typeof value === 'number' ? value + 0.5 : -1);

/** A copy of arrays and plain objects all the way down, own `__proto__` keys, holes and all. */
export function copy(value: unknown): unknown {
  if (!isHolder(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return value;
  const made: Holder = Array.isArray(value)
    ? (holes(value.length) as unknown as Holder)
    : Object.create(prototype as null);
  for (const key of Object.keys(value)) define(made, key, copy(value[key]));
  return made;
}

const operations: readonly ((holder: Holder, key: string, one: Mutation) => unknown)[] = [
  (holder, key) => Reflect.deleteProperty(holder, key),
  (holder, key, { junk }) => define(holder, key, junk),
  (holder, key) => define(holder, key, undefined),
  (holder, _key, { key, junk }) => define(holder, names[key % names.length] as string, junk),
  (holder, _key, { key }) => define(holder, names[key % names.length] as string, undefined),
  (holder) =>
    Array.isArray(holder) ? holder.push(holder[0]) : Reflect.setPrototypeOf(holder, null),
  (holder) => (Array.isArray(holder) ? holder.pop() : define(holder, Symbol('extra'), 1)),
  (holder, key) => define(holder, key, append(holder[key])),
  (holder, key) => define(holder, key, shift(holder[key])),
  (holder, key) => define(holder, key, [holder[key]]),
  (holder, key) => {
    const value = holder[key];
    return Reflect.defineProperty(holder, key, {
      get: () => value,
      enumerable: true,
      configurable: true,
    });
  },
  (holder, key) => Reflect.defineProperty(holder, key, { enumerable: false }),
];

function apply(value: unknown, one: Mutation, depth: number): unknown {
  // A typed array would convert what it is given, or throw.
  if (!isHolder(value) || !Reflect.isExtensible(value) || ArrayBuffer.isView(value))
    return one.junk;
  const keys = Object.keys(value);
  const step = one.path[depth];
  const key = keys[(step ?? one.key) % keys.length];
  if (key === undefined) return one.junk;
  if (step !== undefined && isHolder(value[key]))
    define(value, key, apply(value[key], one, depth + 1));
  else operations[one.kind % operations.length]?.(value, key, one);
  return value;
}

/** A copy of `value` with each of `mutations` done to it. */
export const mutate = (value: unknown, mutations: readonly Mutation[]): unknown =>
  mutations.reduce((changed, one) => apply(changed, one, 0), copy(value));
