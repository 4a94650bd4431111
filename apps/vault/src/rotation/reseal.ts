import { timingSafeEqual } from 'node:crypto';
import {
  CryptoError,
  type DataKey,
  type EnvelopeContext,
  envelopeDataKeyId,
  openEnvelope,
  sealEnvelope,
} from '@hushfield/crypto/envelope';
import * as z from 'zod';
import { destinationPlace } from '../destinations/seal-destination.ts';
import { forwardPlace } from '../forward/outcome.ts';
import { answerPlace } from '../api/answer-once.ts';
import type { Sql } from '../db/sql.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import { KEYS_IN_FORCE } from '../keys/key-in-force.ts';
import type { KeyStore } from '../keys/key-store.ts';
import { contextOf } from '../tokens/seal-record.ts';
import { secretPlace } from '../webhooks/webhook-secret.ts';
import { DataClass } from '../tokens/token-kind.ts';

const PORTION = 200;

/** A table that holds envelopes: how to find those under retired keys, and how to put new ones. */
export type Sealed = {
  readonly name: 'cards' | 'idempotent_answers' | 'destinations' | 'forwards' | 'webhook_secrets';
  /** $1 tenant, $2 the data key in use, $3 where the last portion ended. */
  readonly select: string;
  /** $1 tenant, $2 the data key in use, $3 ids, $4 envelopes. */
  readonly update: string;
  readonly placeOf: (tenant: string, id: string, dataClass: DataClass) => EnvelopeContext;
};

const Row = z.object({ id: z.string(), envelope: z.instanceof(Uint8Array), class: DataClass });

const select = (table: string, id: string, envelope: string, dataClass: string) => `
SELECT ${id} AS id, ${envelope} AS envelope, ${dataClass} AS class FROM ${table}
WHERE tenant = $1 AND data_key_id <> $2 AND ${id} > $3
ORDER BY ${id} LIMIT ${PORTION} FOR UPDATE SKIP LOCKED`;
const update = (table: string, id: string, envelope: string) => `
UPDATE ${table} SET ${envelope} = new.envelope, data_key_id = $2
FROM unnest($3::text[], $4::bytea[]) AS new (id, envelope)
WHERE tenant = $1 AND ${id} = new.id AND ${KEYS_IN_FORCE('$1', '$2')} RETURNING ${id}`;
const SECRET_ID = "(endpoint_id || '/' || secret_id)";
const ANSWER_ID = "(key_id || '/' || encode(name, 'hex'))";

/** Every table that holds envelopes. */
export const SEALED: readonly Sealed[] = [
  {
    name: 'cards',
    select: select('cards', 'token_id', 'envelope', 'class'),
    update: update('cards', 'token_id', 'envelope'),
    placeOf: (tenant, tokenId, dataClass) => contextOf({ tenant, tokenId, dataClass }),
  },
  {
    name: 'idempotent_answers',
    select: select('idempotent_answers', ANSWER_ID, 'answer', "'secret'"),
    update: update('idempotent_answers', ANSWER_ID, 'answer'),
    placeOf: answerPlace,
  },
  {
    name: 'destinations',
    select: select('destinations', 'destination_id', 'envelope', "'secret'"),
    update: update('destinations', 'destination_id', 'envelope'),
    placeOf: destinationPlace,
  },
  {
    name: 'forwards',
    select: select('forwards', 'forward_id', 'answer', "'secret'"),
    update: update('forwards', 'forward_id', 'answer'),
    placeOf: forwardPlace,
  },
  {
    name: 'webhook_secrets',
    select: select('webhook_secrets', SECRET_ID, 'envelope', "'secret'"),
    update: update('webhook_secrets', SECRET_ID, 'envelope'),
    placeOf: secretPlace,
  },
];

export type Portion = {
  readonly resealed: number;
  /** What does not open where it lies. */
  readonly unreadable: readonly string[];
  /** Where to go on; nothing at the end. */
  readonly next: string | undefined;
};

/** Seals one portion of a tenant's envelopes anew, inside a transaction of the rotator's. */
export async function resealPortion(
  sql: Sql,
  keys: KeyStore,
  { select: text, update: change, placeOf }: Sealed,
  { tenant, current, after }: { tenant: string; current: string; after: string },
): Promise<Portion> {
  const rows = (await sql.query(text, [tenant, current, after])).map((row) => Row.parse(row));
  const own = await ownKeys(keys, tenant, [current, ...rows.flatMap(keyOf)]);
  const fresh: { id: string; envelope: Uint8Array }[] = [];
  const unreadable: string[] = [];
  for (const { id, envelope, class: dataClass } of rows) {
    const sealed = reseal(own, current, placeOf(tenant, id, dataClass), envelope);
    if (sealed === undefined) unreadable.push(id);
    else fresh.push({ id, envelope: sealed });
  }
  for (const dataKey of own.values()) dataKey.key.fill(0);
  const ids = fresh.map(({ id }) => id);
  const envelopes = fresh.map(({ envelope }) => envelope);
  if (ids.length > 0) {
    const put = await sql.query(change, [tenant, current, ids, envelopes]);
    if (put.length < ids.length) throw new KeysUnavailable('the data key in use was retired');
  }
  return { resealed: ids.length, unreadable, next: rows.at(-1)?.id };
}

/** Copies for as long as a portion takes: what the store gives out may be wiped over an `await`. */
async function ownKeys(keys: KeyStore, tenant: string, ids: readonly string[]) {
  const own = new Map<string, DataKey>();
  for (const id of new Set(ids)) {
    const dataKey = await keys.dataKey(tenant, id);
    if (dataKey !== undefined) own.set(id, { id, key: Uint8Array.from(dataKey.key) });
  }
  return own;
}

function keyOf({ envelope }: z.infer<typeof Row>): string[] {
  try {
    return [envelopeDataKeyId(envelope)];
  } catch {
    return [];
  }
}

/** The envelope under the key in use, opened again before anybody relies on it. */
function reseal(
  own: ReadonlyMap<string, DataKey>,
  currentId: string,
  place: EnvelopeContext,
  envelope: Uint8Array,
): Uint8Array | undefined {
  const current = own.get(currentId);
  if (current === undefined) throw new KeysUnavailable('the data key in use is not there');
  try {
    const plaintext = openEnvelope((id) => own.get(id), place, envelope);
    const sealed = sealEnvelope(current, place, plaintext);
    const again = openEnvelope(() => current, place, sealed);
    const same = again.length === plaintext.length && timingSafeEqual(again, plaintext);
    plaintext.fill(0);
    again.fill(0);
    return same ? sealed : undefined;
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}
