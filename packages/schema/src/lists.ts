import { inside, need, type Schema, schema } from './schema.ts';

const list = (itemAt: (index: number) => Schema, least: number, most: number): Schema =>
  schema((value, path) => {
    // Read once, as a number: a proxy may answer differently each time, and NaN fails both bounds.
    need(Array.isArray(value));
    const items: { readonly length: unknown; readonly [index: number]: unknown } = value;
    const length = Number(items.length);
    need(length >= least && length <= most);
    // Array.from defines each element, where `out[i] =` would call a setter on a polluted prototype.
    return Array.from({ length }, (_, index) => inside(itemAt(index), items[index], index, path));
  });

/** Any number of `element`; holes are read as `undefined`. */
export const array = (element: Schema): Schema => list(() => element, 0, Number.POSITIVE_INFINITY);

/** One value for each of `items`; only optional ones at the end may be absent. */
export const tuple = (items: readonly Schema[]): Schema =>
  list(
    (index) => items[index] as Schema,
    items.findLastIndex((item) => !item.optional) + 1,
    items.length,
  );
