/** What a schema makes of a value, in the part of zod's words that this project reads. */
export type Outcome = { data: unknown } | { path: readonly PropertyKey[] } | { threw: unknown };

type Parser = {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: unknown }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } };
};

/** Runs `safeParse`; of a refusal only the first issue's path is kept, as the SDK keeps it. */
export function outcome(schema: Parser, value: unknown): Outcome {
  try {
    const result = schema.safeParse(value);
    return result.success
      ? { data: result.data }
      : { path: result.error.issues[0]?.path ?? ['no issue'] };
  } catch (threw) {
    return { threw };
  }
}
