import { createHmac } from 'node:crypto';
import { AlreadyAnswered, type Route } from '@hushfield/contract/api';
import {
  envelopeDataKeyId,
  type EnvelopeContext,
  openEnvelope,
  sealEnvelope,
} from '@hushfield/crypto/envelope';
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';

/** Printable ASCII; made by the caller, and as random as its own peace of mind wants. */
const KEY = /^[\x21-\x7e]{1,255}$/;
const LIFE_MS = 24 * 60 * 60 * 1000;
const LABEL = 'hushfield/v1/idempotency\0';
const SCHEMA_VERSION = 1;

type Asked = {
  readonly route: Route;
  readonly key: StoredKey;
  readonly name: string;
  readonly request: FastifyRequest;
};

/** What was done must not stay: another request with the same name was faster, or the answer was not kept. */
class Overtaken extends Error {}

/** @throws VaultError `invalid_request` for a header that cannot be a key. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !KEY.test(given)) throw new VaultError('invalid_request');
  return given;
}

/**
 * Does an act once for a name: the same request again gets the same answer, and does nothing. Act and
 * answer are one transaction, so neither can be there without the other. A refusal is not kept: what
 * was mended may be sent again under its name.
 *
 * @throws VaultError `idempotency_conflict` for the same name with other contents.
 */
export async function answerOnce(
  vault: Vault,
  asked: Asked,
  act: (sql: Sql) => Promise<unknown>,
): Promise<unknown> {
  const scope = { role: 'api', tenant: asked.key.tenant } as const;
  const once = () => vault.sql.transaction(scope, (sql) => answer(vault, asked, sql, act));
  try {
    return await once();
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    return once();
  }
}

async function answer(
  vault: Vault,
  asked: Asked,
  sql: Sql,
  act: (sql: Sql) => Promise<unknown>,
): Promise<unknown> {
  const all = await marksOf(vault, asked);
  for (const marks of all) {
    const earlier = await find(sql, asked, marks);
    if (earlier !== undefined) return replayed(vault, asked, marks, earlier);
  }
  const [marks] = all;
  const made = await act(sql);
  if (await keep(vault, sql, asked, marks, made)) return made;
  // Nobody was faster: then the data key was retired since this node has learnt of it.
  if ((await find(sql, asked, marks)) === undefined) vault.keys.forget(asked.key.tenant);
  throw new Overtaken();
}

type Marks = { readonly name: Buffer; readonly request: Buffer };

/**
 * HMACs, not hashes: a body that holds a card could be guessed from its hash. Under the pepper in use
 * first; within a day after its rotation, the answer may lie under the one before.
 */
async function marksOf({ keys, now }: Vault, asked: Asked): Promise<[Marks, ...Marks[]]> {
  const time = seconds(now());
  const peppers = (await keys.secrets('pepper')).filter(({ from }) => from <= time).toReversed();
  const [inUse, ...before] = peppers.map(({ key }) => marksUnder(key, asked));
  if (inUse === undefined) throw new KeysUnavailable('there is no pepper');
  return [inUse, ...before];
}

function marksUnder(key: Uint8Array, { name, route, request }: Asked): Marks {
  const mark = (...parts: string[]) =>
    createHmac('sha256', key).update(LABEL).update(parts.join('\0')).digest();
  const contents = JSON.stringify([request.params, request.body]);
  return { name: mark('name', name), request: mark('request', route.id, contents) };
}

const Kept = z.object({
  request: z.instanceof(Uint8Array),
  answer: z.instanceof(Uint8Array).nullable(),
  resource: z.string(),
});
type Kept = z.infer<typeof Kept>;

async function find(sql: Sql, { key }: Asked, { name }: Marks): Promise<Kept | undefined> {
  const [row] = await sql.query(
    `SELECT request, answer, resource FROM idempotent_answers
     WHERE tenant = $1 AND key_id = $2 AND name = $3`,
    [key.tenant, key.keyId, name],
    'find-idempotent',
  );
  return row === undefined ? undefined : Kept.parse(row);
}

async function replayed(
  { keys }: Vault,
  { key }: Asked,
  marks: Marks,
  kept: Kept,
): Promise<unknown> {
  if (!marks.request.equals(kept.request)) throw new VaultError('idempotency_conflict');
  const { resource: id } = kept;
  if (kept.answer === null) return AlreadyAnswered.parse({ object: 'already_answered', id });
  const dataKey = await keys.dataKey(key.tenant, envelopeDataKeyId(kept.answer));
  const opened = openEnvelope(() => dataKey, placeOf(key, marks), kept.answer);
  return JSON.parse(Buffer.from(opened).toString('utf8'));
}

const Named = z.object({ id: z.string() });

async function keep(
  { keys, now }: Vault,
  sql: Sql,
  { route, key }: Asked,
  marks: Marks,
  made: unknown,
): Promise<boolean> {
  const { id } = Named.parse(made);
  const { pan: dataKey } = await keys.tenantKeys(key.tenant);
  const sealed = route.secretAnswer
    ? null
    : sealEnvelope(dataKey, placeOf(key, marks), Buffer.from(JSON.stringify(made)));
  const rows = await sql.query(
    `INSERT INTO idempotent_answers
       (tenant, key_id, name, request, status, answer, data_key_id, resource, expires_at)
     SELECT $1, $2, $3::bytea, $4::bytea, $5::int, $6::bytea, $7, $8, $9::timestamptz
     WHERE $7::text IS NULL OR ${KEYS_IN_FORCE('$1', '$7')}
     ON CONFLICT DO NOTHING RETURNING key_id`,
    [
      ...[key.tenant, key.keyId, marks.name, marks.request, route.status, sealed],
      ...[sealed && dataKey.id, id, new Date(now() + LIFE_MS)],
    ],
    'keep-idempotent',
  );
  return rows.length === 1;
}

function placeOf({ tenant, keyId }: StoredKey, { name }: Marks): EnvelopeContext {
  return answerPlace(tenant, `${keyId}/${name.toString('hex')}`);
}

/** Where the envelope of an answer lies, by key and name; it opens nowhere else. */
export function answerPlace(tenant: string, record: string): EnvelopeContext {
  return {
    table: 'idempotent_answers',
    column: 'answer',
    tenant,
    record,
    class: 'pan',
    schemaVersion: SCHEMA_VERSION,
  };
}
