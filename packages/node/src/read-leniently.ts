import type { Route } from '@hushfield/contract/api';

type Schema = NonNullable<Route['answer']>;
type Parsed = ReturnType<Schema['safeParse']>;

/**
 * Reads what a vault may say that is newer than this client: what the schema does not know is left out,
 * wherever it stands, and what it knows is checked as ever.
 *
 * @param body - just read from JSON, and nobody else's: what is left out is taken out of it.
 */
export function readLeniently<S extends Schema>(
  schema: S,
  body: unknown,
): ReturnType<S['safeParse']>;
export function readLeniently(schema: Schema, body: unknown): Parsed {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed;
  for (const issue of parsed.error.issues) {
    if (issue.code !== 'unrecognized_keys') return parsed;
    const place: unknown = issue.path.reduce<unknown>(
      (at, step) => Reflect.get(Object(at), step),
      body,
    );
    for (const key of issue.keys) Reflect.deleteProperty(Object(place), key);
  }
  return schema.safeParse(body);
}
