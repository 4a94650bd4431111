import { type Schema, schema } from './schema.ts';

/** `inner` or `undefined`; as a key or at a tuple's end it may be absent, and then stays absent. */
export const optional = (inner: Schema): Schema =>
  schema((value, path) => (value === undefined ? value : inner.run(value, path)), {
    optional: true,
  });

/** `inner` or `null`. */
export const nullable = (inner: Schema): Schema =>
  schema((value, path) => (value === null ? value : inner.run(value, path)), {
    optional: inner.optional,
  });

/** First `before`, then `after` on what it gave. */
export const pipe = (before: Schema, after: Schema): Schema =>
  schema((value, path) => after.run(before.run(value, path), path));

/** Replaces a parsed value; only as the second half of a {@link pipe}. */
export const transform = (change: (value: never) => unknown): Schema =>
  schema((value) => change(value as never));
