/** Where in a value a schema refused it: declared names and indices only, never a piece of input. */
export type Path = (string | number)[];

/** What `safeParse` answers: a fresh value, or where the first refusal was. */
export type Result =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly [{ path: Path }] } };

/** A rule on a parsed value; `cap` is its largest length, known before any element is read. */
export type Check = { readonly test: (value: never) => boolean; readonly cap: number };

/** Reads one value; throws through {@link need}, with `path` left at the place of refusal. */
export type Run = (value: unknown, path: Path) => unknown;

/** Schemas by key. */
export type Shape = Readonly<Record<string, Schema>>;

/** What containers ask of the schemas inside them. */
export type Traits = {
  /** A key or a tuple's tail may be absent. */
  readonly optional: boolean;
  /** Every value accepted, where they can be listed (literal, enum). */
  readonly values: ReadonlySet<unknown> | undefined;
  /** The schemas of a strict object's keys. */
  readonly shape: Shape | undefined;
};

/**
 * One schema, with the methods of zod/mini's that this project calls.
 *
 * `parse` throws an `Error` that names the path and nothing of the value.
 */
export type Schema = Traits & {
  readonly run: Run;
  readonly parse: (value: unknown) => unknown;
  readonly safeParse: (value: unknown) => Result;
  readonly check: (...checks: Check[]) => Schema;
};

// One constant error: refusing must not cost a stack trace per hostile message. It never leaves
// safeParse, so a getter in the input cannot get hold of it and pass its own failure off as ours.
const REFUSED = new Error('refused');

/** Refuses the value being read unless `ok`. */
export function need(ok: unknown): asserts ok {
  if (!ok) throw REFUSED;
}

/** Runs `inner` one step further down; the step stays on the path if it refuses. */
export function inside(inner: Schema, value: unknown, step: string | number, path: Path): unknown {
  path.push(step);
  const parsed = inner.run(value, path);
  path.pop();
  return parsed;
}

// Every trait is an own property of every schema: one left out would be looked up on Object.prototype,
// where a single polluted `optional` makes every key of every shape optional.
const PLAIN: Traits = { optional: false, values: undefined, shape: undefined };

/** Builds a schema around its reading function. */
export function schema(run: Run, traits?: Partial<Traits>): Schema {
  const safeParse = (value: unknown): Result => {
    const path: Path = [];
    try {
      return { success: true, data: run(value, path) };
    } catch (error) {
      if (error !== REFUSED) throw error;
      return { success: false, error: { issues: [{ path }] } };
    }
  };
  return {
    ...PLAIN,
    ...traits,
    run,
    safeParse,
    parse: (value) => {
      const result = safeParse(value);
      if (result.success) return result.data;
      throw new Error(`Invalid input at "${result.error.issues[0].path.join('.')}"`);
    },
    check: (...checks) => schema((value, path) => checked(run, checks, value, path), traits),
  };
}

function checked(run: Run, checks: readonly Check[], value: unknown, path: Path): unknown {
  // A list that is too long is refused before its elements are read, however many there are.
  for (const { cap } of checks) need(!Array.isArray(value) || value.length <= cap);
  const parsed = run(value, path);
  for (const { test } of checks) need(test(parsed as never));
  return parsed;
}
