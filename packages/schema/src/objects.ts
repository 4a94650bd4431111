import { need, type Path, type Schema, type Shape, schema } from './schema.ts';

export type Names = Readonly<Record<PropertyKey, unknown>>;

/** As zod has it: whatever is neither null nor an array, so a Date or a class instance may be read. */
export const isObject = (value: unknown): value is Names =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An object with the keys of `shape` and no others, read into a fresh plain object.
 *
 * Only own names count: what a polluted prototype offers is neither read as a declared key nor held
 * against the value. `Object.fromEntries` defines its keys: no setter runs, no prototype changes.
 */
export const strictObject = (shape: Shape): Schema => reading(shape, true);

/** The same where other keys are left behind without complaint. */
export const object = (shape: Shape): Schema => reading(shape, false);

const reading = (shape: Shape, isStrict: boolean): Schema =>
  schema(
    (value, path) => {
      need(isObject(value));
      const entries = Object.entries(shape).flatMap(([key, inner]) =>
        readKey(inner, key, value, path),
      );
      need(!isStrict || Object.keys(value).every((key) => Object.hasOwn(shape, key)));
      return Object.fromEntries(entries);
    },
    { shape },
  );

function readKey(inner: Schema, key: string, value: Names, path: Path) {
  const present = Object.hasOwn(value, key);
  path.push(key);
  need(present || inner.optional);
  const entries: [string, unknown][] = present ? [[key, inner.run(value[key], path)]] : [];
  path.pop();
  return entries;
}
