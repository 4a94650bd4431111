import { ApiKey, BackendToken, type Route, Session } from '@hushfield/contract/api';
import { Problem } from '@hushfield/contract/http';
import * as z from 'zod';

export type Json = { readonly [name: string]: unknown };
type Schema = NonNullable<Route['body']>;

/** Shapes that the reference names; all others stand where they are used. */
const NAMED: Readonly<Record<string, Schema>> = { Token: BackendToken, Session, ApiKey, Problem };
const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });

/**
 * A schema of the contract as OpenAPI 3.1 has it (JSON Schema 2020-12).
 *
 * @param io - `input` for what is sent to the vault, `output` for what it answers.
 */
export function jsonSchema(schema: Schema, io: 'input' | 'output'): Json {
  const written = z.toJSONSchema(schema, { io, metadata: registry, override: plain });
  const { $schema: _schema, $defs: _defs, ...own } = written;
  return pointed(own);
}

/** The named shapes, for `components`. */
export function namedSchemas(): Json {
  const entries = Object.entries(NAMED).map(([id, schema]) => {
    const { $schema: _schema, id: _id, ...own } = z.toJSONSchema(schema, { override: plain });
    return [id, own] as const;
  });
  return Object.fromEntries(entries);
}

/** The pattern of a date-time says nothing that its format does not, at great length. */
function plain({ jsonSchema: written }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (written.format === 'date-time') delete written.pattern;
}

/** Points at `components` instead of the schema's own definitions. */
function pointed(schema: object): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const parsed: Json = JSON.parse(text);
  return parsed;
}
