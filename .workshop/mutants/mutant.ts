/** One replacement in one file; `from` must be there exactly once. */
type Edit = { readonly file: string; readonly from: string; readonly to: string };

/** A test file, and which of its titles to run (a regular expression; default all). */
export type Attack = { readonly file: string; readonly title?: string };

/**
 * A product with one defence taken out, and the attacks of which at least one must then succeed.
 *
 * Where a second defence stands behind the first, either both go (`edits` then holds both), or the
 * first is attacked alone in a unit test: an attack that stays green says nothing about either.
 */
export type Mutant = {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly attacks: readonly Attack[];
};

export const edit = (file: string, from: string, to: string): Edit => ({ file, from, to });

export const attack = (name: string, title?: string): Attack => ({
  file: `e2e/attacks/${name}.spec.ts`,
  ...(title === undefined ? {} : { title }),
});

export const unit = (file: string): Attack => ({ file });
