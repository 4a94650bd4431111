import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { vi } from 'vitest';
import type * as z from 'zod/mini';
import { browserContract, root, sources } from './repository.ts';

type Library = Record<string, unknown>;

/** Schemas by the file and export that hold them, methods as `file#tokenize.args`. */
export type Schemas = ReadonlyMap<string, z.ZodMiniType>;

const isSchema = (value: object): value is z.ZodMiniType => 'safeParse' in value;

function* findSchemas(value: unknown, name: string): Generator<[string, z.ZodMiniType]> {
  if (typeof value !== 'object' || value === null) return;
  if (isSchema(value)) yield [name, value];
  else
    for (const [key, inner] of Object.entries(value)) yield* findSchemas(inner, `${name}.${key}`);
}

const schemaFiles = [...browserContract(), ...sources('packages/bridge/src')].filter((file) =>
  /^import \* as z from 'zod\/mini'/m.test(readFileSync(file, 'utf8')),
);

/** Loads every schema module of contract and bridge afresh, with `library` as their `zod/mini`. */
export async function loadSchemas(library: Library): Promise<Schemas> {
  vi.resetModules();
  vi.doMock('zod/mini', () => library);
  const found = new Map<string, z.ZodMiniType>();
  for (const file of schemaFiles) {
    const exported: Library = await import(/* @vite-ignore */ file);
    for (const [name, value] of Object.entries(exported)) {
      for (const [key, inner] of findSchemas(value, `${relative(root, file)}#${name}`)) {
        found.set(key, inner);
      }
    }
  }
  vi.doUnmock('zod/mini');
  vi.resetModules();
  return found;
}
