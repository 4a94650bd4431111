import { isObject, type Names } from './objects.ts';
import { inside, need, type Schema, schema } from './schema.ts';

// Of any realm: every realm's Object.prototype, and nothing else there is, owns `isPrototypeOf`.
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.hasOwn(prototype as object, 'isPrototypeOf');
}

/** A plain object with any of the keys `names` (an enum) lists, each of them read by `inner`. */
export const partialRecord = (names: Schema, inner: Schema): Schema =>
  schema((value, path) => {
    need(isObject(value) && isPlain(value));
    // Own enumerable keys, symbols too, each read once. As in zod, an own `__proto__` is left behind
    // without complaint; nothing is ever stored under it.
    const own: Names = { ...value };
    const keys = Reflect.ownKeys(own).filter((key) => key !== '__proto__');
    const known = keys.filter((key) => names.values?.has(key)) as string[];
    const entries = known.map((key) => [key, inside(inner, own[key], key, path)]);
    need(known.length === keys.length);
    return Object.fromEntries(entries);
  });
