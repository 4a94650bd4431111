import { ManifestBundle } from '@hushfield/contract/http';
import * as z from 'zod';
import { seconds } from '../clock.ts';
import type { Role } from '../db/sql.ts';
import { missingMigrations } from '../db/migrate.ts';
import { secretsOf } from '../keys/secret-files.ts';
import type { NodeRole } from '../role.ts';
import type { Vault } from '../vault.ts';
import { verifies } from '../worker/manifest-signer.ts';
import { latestManifest } from '../worker/manifest-store.ts';
import type { Worker } from '../worker/worker.ts';
import type { Check } from './readiness.ts';

/** Three rounds. */
const WORKER_MS = 3 * 60_000;

/** What has to be well for these roles to do their work. */
export function checksOf(
  vault: Vault,
  roles: readonly NodeRole[],
  worker: Worker | undefined,
): Check[] {
  const [role = 'api'] = roles;
  const serving = roles.find((each) => each !== 'worker');
  return [
    ['database', () => requirePrimary(vault, role)],
    ['schema', () => requireSchema(vault, role)],
    ['keys', () => requireSecrets(vault, roles)],
    ...(serving === undefined ? [] : ([['manifest', () => requireList(vault, serving)]] as const)),
    ...(roles.includes('api') ? ([['receive-key', () => requireReceiveKey(vault)]] as const) : []),
    ...(worker === undefined ? [] : ([['worker-round', () => requireRounds(worker)]] as const)),
  ];
}

const Standing = z.object({ standby: z.boolean(), read_only: z.string() });

/** A standby answers every question, and takes no card. */
async function requirePrimary({ sql }: Vault, role: Role): Promise<void> {
  const [row] = await sql
    .as(role)
    .query(
      `SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS read_only`,
      [],
      'standing',
    );
  const { standby, read_only } = Standing.parse(row);
  if (standby || read_only !== 'off') throw new Error('the database takes no writes');
}

/** One that is ahead is well: nodes of this version serve until they are replaced. */
async function requireSchema({ sql }: Vault, role: Role): Promise<void> {
  const pending = await missingMigrations(sql.as(role));
  if (pending.length > 0) throw new Error(`the database lacks ${pending.join(', ')}`);
}

/** In memory, or to be had from the KEK: as a request would find them. */
async function requireSecrets({ keys }: Vault, roles: readonly NodeRole[]): Promise<void> {
  for (const name of secretsOf(roles)) await keys.secret(name);
}

const Ending = z.object({ exp: z.int() });

/** The newest list of receive keys, as a frame judges it. */
async function requireList(vault: Vault, role: Role): Promise<void> {
  const latest = await latestManifest(vault.sql.as(role));
  if (latest === undefined) throw new Error('there is no list of receive keys');
  const { manifest, delegation } = ManifestBundle.parse(latest.bundle);
  const { lists } = vault.metrics;
  lists.manifestEnds.set({}, Ending.parse(JSON.parse(manifest)).exp);
  lists.delegationEnds.set({}, Ending.parse(JSON.parse(delegation)).exp);
  if (!(await verifies(vault, latest, seconds(vault.now()))))
    throw new Error('frames refuse the newest list of receive keys, or it has no key for now');
}

/** What frames seal to now is what this node can open. */
async function requireReceiveKey({ receiveKeys, now, metrics }: Vault): Promise<void> {
  const time = seconds(now());
  const key = receiveKeys.list().findLast(({ nbf, exp }) => nbf <= time && time < exp);
  if (key === undefined) throw new Error('there is no receive key for now');
  metrics.lists.receiveKeySince.set({}, key.nbf);
  await receiveKeys.secretOf(key);
}

async function requireRounds(worker: Worker): Promise<void> {
  if (worker.sinceGood() > WORKER_MS)
    throw new Error('no round has done all that was due for three minutes');
}
