import { createHash, createHmac } from 'node:crypto';
import type { Route } from '@hushfield/contract/api';
import type { FastifyRequest } from 'fastify';
import { VaultError } from '../app/vault-error.ts';
import { seconds } from '../clock.ts';
import type { Sql } from '../db/sql.ts';
import { KeysUnavailable } from '../keys/kek/kek.ts';
import type { StoredKey } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';

/** Printable ASCII; made by the caller, and as random as its own peace of mind wants. */
const KEY = /^[\x21-\x7e]{1,255}$/;
const LABEL = 'hushfield/v1/idempotency\0';

/** For so long a name stands for one request. */
export const NAME_LIFE_MS = 24 * 60 * 60 * 1000;

/** A request that its caller has given a name, so that it is done once. */
export type Asked = {
  readonly route: Route;
  readonly key: StoredKey;
  readonly name: string;
  readonly request: Pick<FastifyRequest, 'params' | 'body'>;
};

/** @throws VaultError `invalid_request` for a header that cannot be a key. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !KEY.test(given))
    throw VaultError.because('invalid_request', 'name_form');
  return given;
}

/**
 * Keys whose names are one's own, as SQL: the key, those it was made in the place of, and those made in its place. A
 * backend that changes over repeats under the new one what it has begun under the old, and, node by node, under the
 * old one what another has begun under the new.
 *
 * @param key - the parameter that holds its id.
 */
export const ownKeys = (key: `$${number}`): string => `key_id IN (SELECT key_family(${key}))`;

/**
 * From here on to the end of the transaction, this name is ours alone: whoever else asks under it waits.
 * The lock is on the name itself and not on a row, which two nodes might name under two peppers. A hash will do,
 * since it is stored nowhere; names that share one only wait for each other.
 */
export async function lockName(sql: Sql, { key, name }: Asked): Promise<void> {
  const hash = createHash('sha256').update(LABEL).update(`${key.tenant}\0${name}`).digest();
  await sql.query(
    'SELECT pg_advisory_xact_lock($1::bigint)',
    [String(hash.readBigInt64BE())],
    'claim-name',
  );
}

/** How a named request is known again, without its name or contents. */
export type Marks = { readonly name: Buffer; readonly request: Buffer };

/**
 * HMACs, not hashes: a body that holds a card could be guessed from its hash. Under the pepper in use first,
 * which an answer is stored under, and then under every other: within a day after a rotation the answer may
 * lie under the one before; and under the next one, where a node has stored it whose clock is ahead.
 */
export async function marksOf(
  { keys, now }: Pick<Vault, 'keys' | 'now'>,
  asked: Asked,
): Promise<[Marks, ...Marks[]]> {
  const time = seconds(now());
  const peppers = (await keys.secrets('pepper')).toReversed();
  const inUse = peppers.find(({ from }) => from <= time);
  if (inUse === undefined) throw new KeysUnavailable('there is no pepper');
  const others = peppers.filter((pepper) => pepper !== inUse);
  return [marksUnder(inUse.key, asked), ...others.map(({ key }) => marksUnder(key, asked))];
}

function marksUnder(key: Uint8Array, { name, route, request }: Asked): Marks {
  const mark = (...parts: string[]) =>
    createHmac('sha256', key).update(LABEL).update(parts.join('\0')).digest();
  const contents = JSON.stringify([request.params, request.body]);
  return { name: mark('name', name), request: mark('request', route.id, contents) };
}

/** @throws VaultError `idempotency_conflict` where a name was used for other contents. */
export function requireSameRequest(
  all: readonly Marks[],
  { name, request }: { readonly name: Uint8Array; readonly request: Uint8Array },
): Marks {
  const marks = all.find((each) => each.name.equals(name));
  if (marks?.request.equals(request) !== true)
    throw VaultError.because('idempotency_conflict', 'name_reused');
  return marks;
}
