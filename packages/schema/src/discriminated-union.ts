import { isObject } from './objects.ts';
import { need, type Schema, schema } from './schema.ts';

/**
 * The one of `options` (strict objects) whose literal under `tag` is the value's.
 *
 * @throws TypeError at once when an option has no literal or enum under `tag`.
 */
export const discriminatedUnion = (tag: string, options: readonly Schema[]): Schema => {
  const byTag = new Map(
    options.flatMap((option) => {
      const values = option.shape?.[tag]?.values as ReadonlySet<unknown>;
      return Array.from(values, (value) => [value, option] as const);
    }),
  );
  return schema((value, path) => {
    need(isObject(value));
    path.push(tag);
    // An inherited tag may choose an option here; that option then finds no tag of the value's own.
    const option = byTag.get(value[tag]);
    need(option);
    path.pop();
    return option.run(value, path);
  });
};
