/**
 * The columns that a schema reads, by name. With `*`, a prepared statement fails on every node that serves
 * once a migration has added a column: its result would have another shape than it was prepared with.
 *
 * @param of - what stands in front of each, such as `t.`.
 */
export function columnsOf({ shape }: { readonly shape: object }, of = ''): string {
  return Object.keys(shape)
    .map((name) => `${of}${name}`)
    .join(', ');
}
