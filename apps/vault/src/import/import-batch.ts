import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import { importCard } from '../tokens/import-card.ts';
import type { By } from '../tokens/change-tokens.ts';
import type { Vault } from '../vault.ts';
import type { CardLine } from './card-line.ts';

const LABEL = 'hushfield/v1/import\0';
/** In the place of an API key's id, and no such id: names of imports are their own. */
const KEY_ID = 'import';
/** For so long a second run knows what the first one did. */
const REMEMBERED_MS = 30 * 24 * 60 * 60 * 1000;

/** Another run was faster with one of these names; nothing of this batch stays. */
class Overtaken extends Error {}

/** A token, or nothing where the reference was imported before with another card. */
export type Outcome = { readonly reference: string; readonly token: string | undefined };

/**
 * Stores cards, each reference once: cards and names are one transaction, so that a run that was
 * killed leaves neither without the other, and the next one goes on behind it.
 */
export async function importBatch(
  vault: Vault,
  by: By,
  cards: readonly CardLine[],
): Promise<Outcome[]> {
  const scope = { role: 'api', tenant: by.tenant } as const;
  const once = () => vault.sql.transaction(scope, (sql) => importAll(vault, by, sql, cards));
  try {
    return await once();
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    return once();
  }
}

async function importAll(vault: Vault, by: By, sql: Sql, cards: readonly CardLine[]) {
  const peppers = await peppersOf(vault);
  const named = cards.map((card) => ({ card, marks: peppers.map((key) => marksOf(key, card)) }));
  const names = named.flatMap(({ marks }) => marks.map(({ name }) => name));
  const known = await findKnown(sql, by.tenant, names);
  const fresh = named.filter(({ marks }) => !marks.some(({ name }) => known.has(hex(name))));
  // At once: on PostgreSQL, none of these statements waits for the answer to the one before.
  const tokens = await Promise.all(fresh.map(({ card }) => importOne(vault, by, sql, card)));
  const made = new Map(fresh.map(({ card }, at) => [card.reference, tokens[at]]));
  await remember(sql, by, fresh, tokens);
  return named.map(({ card: { reference }, marks }) => {
    const before = marks.flatMap((each) => earlier(known, each)).at(0);
    return { reference, token: before === undefined ? made.get(reference) : before.token };
  });
}

async function importOne(vault: Vault, by: By, sql: Sql, { reference: _name, ...card }: CardLine) {
  return (await importCard(vault, by, sql, { ...card, expiresAt: null })).token_id;
}

type Marks = { readonly name: Buffer; readonly request: Buffer };

/** The one in use first; around a rotation, names may lie under the one before. */
async function peppersOf({ keys, now }: Vault): Promise<[Uint8Array, ...Uint8Array[]]> {
  const time = seconds(now());
  const all = (await keys.secrets('pepper')).filter(({ from }) => from <= time).toReversed();
  const [inUse, ...before] = all.map(({ key }) => Uint8Array.from(key));
  if (inUse === undefined) throw new KeysUnavailable('there is no pepper');
  return [inUse, ...before];
}

/** HMACs, not hashes: a line that holds a card could be guessed from its hash. */
function marksOf(pepper: Uint8Array, card: CardLine): Marks {
  const mark = (kind: string, text: string) =>
    createHmac('sha256', pepper).update(`${LABEL}${kind}\0`).update(text).digest();
  const { number, expMonth, expYear, name } = card;
  const contents = JSON.stringify([number, expMonth, expYear, name ?? null]);
  return { name: mark('name', card.reference), request: mark('request', contents) };
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
