import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Credentials, type Destination, DestinationRecord } from '@hushfield/contract/api';
import { newApiKey, parseApiKey } from '@hushfield/crypto/token-id';
import * as z from 'zod';
import { StartError } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import {
  type Administrator,
  changeDestination,
  createDestination,
  readDestinations,
  removeDestination,
} from '../destinations/manage-destinations.ts';
import { readBytes, replaceFile } from '../keys/durable-file.ts';
import { hashNewKey } from '../tenants/authenticate.ts';
import { insertKey } from '../tenants/tenant-store.ts';
import type { Vault } from '../vault.ts';

/** What `hushfield destination add` is given, in one file. */
const Wish = z.strictObject({ record: DestinationRecord, credentials: Credentials });
type Wish = z.infer<typeof Wish>;
const Kept = z.strictObject({ destination: z.string(), key: z.string() });

/** Where the development merchant may send cards, and the key of its that may: the one thing that it may. */
export type DevelopmentGateway = z.infer<typeof Kept>;

type Place = { readonly dataDir: string; readonly destinationFile: string | undefined };

/**
 * Approves a destination for the development merchant. One that an earlier start has approved stays, under its id, with
 * the credentials of now: they are new with every start of the double that is behind it. One of that label
 * that says anything else goes.
 *
 * @throws StartError when the file is not readable.
 */
export async function developmentGateway(
  vault: Vault,
  tenant: string,
  { dataDir, destinationFile }: Place,
): Promise<DevelopmentGateway | undefined> {
  const path = join(dataDir, 'development-gateway.json');
  if (destinationFile === undefined) {
    rmSync(path, { force: true });
    return undefined;
  }
  const wish = readWish(destinationFile);
  const now = new Date(vault.now());
  const by = { tenant, mode: vault.mode, actor: 'operator', requestId: null, address: null, now };
  const destination = await approve(vault, by, wish);
  const gateway = { destination, key: keptKey(path) ?? newApiKey('rk', 'test').key };
  await registerKey(vault, by, gateway.key);
  replaceFile(path, Buffer.from(JSON.stringify(gateway)));
  return gateway;
}

function readWish(file: string): Wish {
  try {
    return Wish.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new StartError(`DEVELOPMENT_DESTINATION_FILE ${file} holds no destination.`);
  }
}

async function approve(vault: Vault, by: Administrator, wish: Wish): Promise<string> {
  const { tenant } = by;
  const sql = vault.sql.as('api', tenant);
  const transact = <T>(work: (sql: Sql) => Promise<T>) =>
    vault.sql.transaction({ role: 'api', tenant }, work);
  const namesakes = (await readDestinations(vault, sql, by)).filter(
    ({ label }) => label === wish.record.label,
  );
  const same = namesakes.find((each) => isDeepStrictEqual(recordOf(each), wish.record));
  for (const { id } of namesakes.filter((each) => each !== same))
    await transact((inside) => removeDestination(inside, by, id));
  if (same === undefined) return (await createDestination(vault, by, transact, wish)).id;
  const { credentials } = wish;
  await changeDestination(vault, by, { sql, transact }, same.id, { credentials });
  return same.id;
}

/** Without what is not of the record. */
function recordOf(destination: Destination): DestinationRecord {
  return z.object(DestinationRecord.shape).parse(destination);
}

function keptKey(path: string): string | undefined {
  const stored = readBytes(path);
  if (stored === undefined) return undefined;
  try {
    return Kept.parse(JSON.parse(Buffer.from(stored).toString('utf8'))).key;
  } catch {
    return undefined;
  }
}

async function registerKey(vault: Vault, { tenant, mode, now }: Administrator, key: string) {
  const keyId = parseApiKey(key)?.keyId ?? '';
  const hashed = await hashNewKey(vault, key);
  const scopes = ['forward' as const];
  const row = { tenant, keyId, kind: 'rk' as const, mode, scopes, ...hashed };
  await vault.sql.transaction({ role: 'admin' }, (sql) => insertKey(sql, row, now));
}
