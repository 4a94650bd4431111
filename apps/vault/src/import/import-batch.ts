import { createHmac } from 'node:crypto';
import type { TextPolicy } from '@hushfield/contract/boot';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import { insertImport, sealImport, type SealedImport } from '../tokens/import-token.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import { keptOf } from '../tokens/judge-import.ts';
import type { ImportLine } from './import-line.ts';

const LABEL = 'hushfield/v1/import\0';
/** In the place of an API key's id, and no such id: names of imports are their own. */
const KEY_ID = 'import';
/** For so long a second run knows what the first one did. */
const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000;

/** Another run was faster with one of these names, or a key was retired; nothing of this batch stays. */
class Overtaken extends VaultError {
  constructor() {
    super('service_unavailable');
  }
}

/** Lines that were judged, and the rules for texts that they were judged by. */
type Batch = { readonly lines: readonly ImportLine[]; readonly policies: readonly TextPolicy[] };

/** A token, or nothing where the reference was imported before with something else. */
export type Outcome = { readonly reference: string; readonly token: string | undefined };

/**
 * Stores lines, each reference once: what they hold and its name are one transaction, so that a run that was
 * killed leaves neither without the other, and the next one goes on behind it. They are sealed before
 * it begins: no connection waits for the KEK.
 */
export async function importBatch(vault: Vault, by: By, batch: Batch): Promise<Outcome[]> {
  try {
    return await importAll(vault, by, batch);
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    vault.keys.forget(by.tenant);
    return importAll(vault, by, batch);
  }
}

async function importAll(vault: Vault, by: By, { lines, policies }: Batch): Promise<Outcome[]> {
  const scope = { role: 'api', tenant: by.tenant } as const;
  const named = await namedOf(vault, lines);
  const names = named.flatMap(({ marks }) => marks.map(({ name }) => name));
  const known = await findKnown(vault.sql.as('api', by.tenant), by.tenant, names);
  const fresh = named.filter(({ marks }) => !marks.some(({ name }) => known.has(hex(name))));
  const sealed = await Promise.all(
    fresh.map(({ line }) => sealImport(vault, by, { ...line, expiresAt: null }, policies)),
  );
  await vault.sql.transaction(scope, async (sql) => {
    // At once: on PostgreSQL, none of these statements waits for the answer to the one before.
    const stored = await Promise.all(sealed.map((each) => insertImport(sql, by, each)));
    if (stored.includes(undefined)) throw new Overtaken();
    await remember(sql, by, fresh, sealed.map(tokenIn));
  });
  const made = new Map(
    sealed.map((each, at) => [fresh[at]?.line.reference, tokenIn(each)] as const),
  );
  return named.map(({ line: { reference }, marks }) => {
    const before = marks.flatMap((each) => earlier(known, each)).at(0);
    return { reference, token: before === undefined ? made.get(reference) : before.token };
  });
}

function tokenIn({ token }: SealedImport): string {
  return token.token_id;
}

type Marks = { readonly name: Buffer; readonly request: Buffer };

/** Under the pepper in use first, and then under every other: around a rotation, names lie under several. */
async function namedOf({ keys, now }: Vault, lines: readonly ImportLine[]) {
  const time = seconds(now());
  const peppers = (await keys.secrets('pepper')).toReversed();
  const inUse = peppers.find(({ from }) => from <= time);
  if (inUse === undefined) throw new KeysUnavailable('there is no pepper');
  const ordered = [inUse, ...peppers.filter((pepper) => pepper !== inUse)];
  return lines.map((line) => ({ line, marks: ordered.map(({ key }) => marksOf(key, line)) }));
}

/** HMACs, not hashes: what stands in a line could be guessed from its hash. */
function marksOf(pepper: Uint8Array, line: ImportLine): Marks {
  const mark = (kind: string, text: string) =>
    createHmac('sha256', pepper).update(`${LABEL}${kind}\0`).update(text).digest();
  return { name: mark('name', line.reference), request: mark('request', contentsOf(line)) };
}

function contentsOf(line: ImportLine): string {
  if (!('number' in line)) return JSON.stringify(keptOf(line));
  const { number, expMonth, expYear, name, postalCode } = line;
  // As it was before there were postal codes: a batch that was cut off then goes on under the same marks.
  const others = postalCode === undefined ? [] : [postalCode];
  return JSON.stringify([number, expMonth, expYear, name ?? null, ...others]);
}

const Known = z.object({
  name: z.instanceof(Uint8Array),
  request: z.instanceof(Uint8Array),
  resource: z.string(),
});
type Known = ReadonlyMap<string, z.infer<typeof Known>>;

async function findKnown(sql: Sql, tenant: string, names: readonly Buffer[]): Promise<Known> {
  const rows = await sql.query(
    `SELECT name, request, resource FROM idempotent_answers
     WHERE tenant = $1 AND key_id = '${KEY_ID}' AND name = ANY($2::bytea[])`,
    [tenant, names],
    'find-imported',
  );
  return new Map(
    rows.map((row) => {
      const known = Known.parse(row);
      return [hex(known.name), known];
    }),
  );
}

function earlier(known: Known, { name, request }: Marks) {
  const found = known.get(hex(name));
  if (found === undefined) return [];
  return [{ token: request.equals(found.request) ? found.resource : undefined }];
}

async function remember(
  sql: Sql,
  { tenant, now }: By,
  fresh: readonly { readonly marks: readonly Marks[] }[],
  tokens: readonly string[],
): Promise<void> {
  const first = fresh.flatMap(({ marks }) => marks.slice(0, 1));
  const rows = await sql.query(
    `INSERT INTO idempotent_answers (tenant, key_id, name, request, status, resource, expires_at)
     SELECT $1, '${KEY_ID}', name, request, 201, token, $5
     FROM unnest($2::bytea[], $3::bytea[], $4::text[]) AS new (name, request, token)
     ON CONFLICT DO NOTHING RETURNING name`,
    [
      ...[tenant, first.map(({ name }) => name), first.map(({ request }) => request), tokens],
      new Date(now.getTime() + REMEMBERED_MS),
    ],
    'remember-imported',
  );
  if (rows.length !== tokens.length) throw new Overtaken();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
