import { need, type Schema, schema, type Traits } from './schema.ts';

const where = (test: (value: unknown) => boolean, traits?: Partial<Traits>): Schema =>
  schema((value) => {
    need(test(value));
    return value;
  }, traits);

// Membership through a Set: 'toString' and '__proto__' are on no list that did not name them.
const oneOf = (list: unknown): Schema => {
  const values = new Set([list].flat());
  return where((value) => values.has(value), { values });
};

/** A primitive string. */
export const string = (): Schema => where((value) => typeof value === 'string');

/** A finite number. */
export const number = (): Schema => where(Number.isFinite);

/** A safe integer. */
export const int = (): Schema => where(Number.isSafeInteger);

/** `true` or `false`. */
export const boolean = (): Schema => where((value) => typeof value === 'boolean');

/** `undefined`; exported as `undefined`. */
export const nothing = (): Schema => where((value) => value === undefined);

/** Anything at all, passed on by reference. */
export const unknown = (): Schema => where(() => true);

/** Exactly this value, or one of several. */
export const literal: typeof oneOf = oneOf;

/** One of several texts; exported as `enum`. */
export const enumOf: (values: readonly string[]) => Schema = oneOf;
