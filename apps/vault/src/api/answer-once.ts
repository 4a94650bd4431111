import { AlreadyAnswered } from '@hushfield/contract/api';
import {
  type DataKey,
  envelopeDataKeyId,
  type EnvelopeContext,
  openEnvelope,
  sealEnvelope,
} from '@hushfield/crypto/envelope';
import * as z from 'zod';
import { VaultError } from '../app/vault-error.ts';
import type { Sql } from '../db/sql.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import { ownDataKey } from '../keys/own-data-key.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';
import type { Transact } from './bind-routes.ts';
import {
  type Asked,
  lockName,
  type Marks,
  marksOf,
  NAME_LIFE_MS,
  ownKeys,
  requireSameRequest,
} from './named-request.ts';

const SCHEMA_VERSION = 1;

type Owned = Pick<StoredKey, 'tenant' | 'keyId'>;

/** What was done must not stay: another request with the same name was faster, or the answer was not kept. */
class Overtaken extends VaultError {
  constructor() {
    super('service_unavailable');
  }
}

/**
 * Does an act once for a name: the same request again gets the same answer, and does nothing. Act and
 * answer are one transaction, so neither can be there without the other. A refusal is not kept: what
 * was mended may be sent again under its name.
 *
 * A name is its key's, and that of all keys made in its place: a backend that changes over repeats under either
 * what it has begun under the other.
 *
 * @throws VaultError `idempotency_conflict` for the same name with other contents.
 */
export async function answerOnce(
  vault: Vault,
  asked: Asked,
  act: (transact: Transact) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await once(vault, asked, act);
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    return once(vault, asked, act);
  }
}

/** Keys and marks are at hand before the transaction begins, which waits for no device. */
async function once(
  vault: Vault,
  asked: Asked,
  act: (transact: Transact) => Promise<unknown>,
): Promise<unknown> {
  const { tenant } = asked.key;
  const all = await marksOf(vault, asked);
  const earlier = await find(vault.sql.as('api', tenant), asked, all);
  if (earlier !== undefined) return replayed(vault, asked, all, earlier);
  // None where no answer is kept.
  const dataKey = asked.route.secretAnswer ? undefined : await ownDataKey(vault.keys, tenant);
  try {
    return await act((work) =>
      vault.sql.transaction({ role: 'api', tenant }, async (sql) => {
        await claim(sql, asked, all);
        const made = await work(sql);
        if (made !== undefined && !(await keep(vault, sql, asked, all[0], dataKey, made))) {
          // Nobody was faster: then the data key was retired since this node has learnt of it.
          vault.keys.forget(tenant);
          throw new Overtaken();
        }
        return made;
      }),
    );
  } finally {
    dataKey?.key.fill(0);
  }
}

/** Whoever else asks under this name waits, and then finds the answer before the act can refuse them for what we have done. */
async function claim(sql: Sql, asked: Asked, all: readonly Marks[]): Promise<void> {
  // At once: on PostgreSQL, the second does not wait for the answer to the first.
  const [, earlier] = await Promise.all([lockName(sql, asked), find(sql, asked, all)]);
  if (earlier !== undefined) throw new Overtaken();
}

const Kept = z.object({
  key_id: z.string(),
  name: z.instanceof(Uint8Array),
  request: z.instanceof(Uint8Array),
  answer: z.instanceof(Uint8Array).nullable(),
  resource: z.string(),
});
type Kept = z.infer<typeof Kept>;

async function find(sql: Sql, { key }: Asked, all: readonly Marks[]): Promise<Kept | undefined> {
  const [row] = await sql.query(
    `SELECT key_id, name, request, answer, resource FROM idempotent_answers
     WHERE tenant = $1 AND name = ANY($3::bytea[]) AND ${ownKeys('$2')}`,
    [key.tenant, key.keyId, all.map(({ name }) => name)],
    'find-idempotent',
  );
  return row === undefined ? undefined : Kept.parse(row);
}

async function replayed(
  { keys }: Vault,
  { key: { tenant } }: Asked,
  all: readonly Marks[],
  { key_id: keyId, name, request, answer, resource: id }: Kept,
): Promise<unknown> {
  const marks = requireSameRequest(all, { name, request });
  if (answer === null) return AlreadyAnswered.parse({ object: 'already_answered', id });
  const dataKey = await keys.dataKey(tenant, envelopeDataKeyId(answer));
  const opened = openEnvelope(() => dataKey, placeOf({ tenant, keyId }, marks), answer);
  return JSON.parse(Buffer.from(opened).toString('utf8'));
}

const Named = z.object({ id: z.string() });

async function keep(
  { now }: Vault,
  sql: Sql,
  { route, key }: Asked,
  marks: Marks,
  dataKey: DataKey | undefined,
  made: unknown,
): Promise<boolean> {
  const { id } = Named.parse(made);
  const answer = Buffer.from(JSON.stringify(route.answer?.parse(made)));
  const sealed = dataKey === undefined ? null : sealEnvelope(dataKey, placeOf(key, marks), answer);
  const rows = await sql.query(
    `INSERT INTO idempotent_answers
       (tenant, key_id, name, request, status, answer, data_key_id, resource, expires_at)
     SELECT $1, $2, $3::bytea, $4::bytea, $5::int, $6::bytea, $7, $8, $9::timestamptz
     WHERE $7::text IS NULL OR ${KEYS_IN_FORCE('$1', '$7')}
     ON CONFLICT DO NOTHING RETURNING key_id`,
    [
      ...[key.tenant, key.keyId, marks.name, marks.request, route.status, sealed],
      ...[dataKey?.id ?? null, id, new Date(now() + NAME_LIFE_MS)],
    ],
    'keep-idempotent',
  );
  return rows.length === 1;
}

function placeOf({ tenant, keyId }: Owned, { name }: Marks): EnvelopeContext {
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
