import { mkdirSync } from 'node:fs';
import { assemble } from './assemble.ts';
import { createLog, type Log } from './app/log.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, StartError } from './config.ts';
import { openDatabase } from './db/database.ts';
import { claimMode, refuseOtherMode, requireMode } from './db/deployment-mode.ts';
import { migrate, requireCurrent } from './db/migrate.ts';
import type { Database, Owner } from './db/sql.ts';
import { type Credentials, developmentMerchant } from './dev/development-merchant.ts';
import { refuseUnfit } from './doctor/refuse-unfit.ts';
import { createFieldsApp } from './fields/fields-app.ts';
import { loadFrameDist } from './fields/frame-dist.ts';
import { loadSdkDist } from './fields/sdk-dist.ts';
import { createApiApp } from './routes/api-app.ts';
import type { Vault } from './vault.ts';
import { manifestSigner } from './worker/manifest-signer.ts';
import { runWorkerRound, startWorker } from './worker/worker.ts';

/** What a process may be, alone or together. */
export const ROLES = ['fields', 'api', 'worker'] as const;

type Running = {
  /** Of a development vault. */
  readonly merchant: Credentials | undefined;
  stop(): Promise<void>;
};

export type Surroundings = { readonly now?: Clock; readonly write: (line: string) => void };

export type Part = {
  readonly roles: readonly (typeof ROLES)[number][];
  /** Migrate by the way, and make a merchant to try things with. */
  readonly develop: boolean;
};

const EVERYTHING: Part = { roles: ROLES, develop: true };

/**
 * Starts roles in this process and resolves when all their listeners answer.
 *
 * @throws StartError with a plain sentence when something the operator can mend is missing.
 */
export async function start(
  config: Config,
  { now = systemClock, write }: Surroundings,
  part: Part = EVERYTHING,
): Promise<Running> {
  if (part.develop && config.mode === 'live') throw new StartError(LIVE_IS_SERVED);
  // First: what was never built is found before anything is written.
  const dist = part.roles.includes('fields') ? loadDist(config) : undefined;
  const log = createLog(config.logLevel, write);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const sql = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  const undo: (() => Promise<unknown>)[] = [() => sql.close()];
  const stop = () => inTurn(undo);
  try {
    if (sql.engine === 'embedded') warnOfSandbox(log);
    if (part.develop) await bringForward(sql.owner, config.mode);
    else await requireFit(sql, config, part);
    const vault = await assemble(config, { sql, now, log });
    undo.unshift(async () => vault.keys.close());
    if (config.mode === 'live') await requireSigner(vault, part);
    const merchant = part.develop ? await developmentMerchant(vault, config) : undefined;
    const stage = { vault, config, dist, undo };
    for (const role of STARTED) if (part.roles.includes(role)) await starters[role](stage);
    return { merchant, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Stage = {
  readonly vault: Vault;
  readonly config: Config;
  readonly dist: ReturnType<typeof loadDist> | undefined;
  /** What ends each part, last started first. */
  readonly undo: (() => Promise<unknown>)[];
};

function loadDist({ fieldsDist, sdkDist }: Config) {
  return { frames: loadFrameDist(fieldsDist), sdk: loadSdkDist(sdkDist) };
}

/** The worker first: the other two serve what it makes. */
const STARTED = ['worker', 'fields', 'api'] as const;

const starters: Readonly<Record<(typeof ROLES)[number], (stage: Stage) => Promise<void>>> = {
  async worker({ vault, undo }) {
    await runWorkerRound(vault);
    const worker = startWorker(vault);
    undo.unshift(() => worker.stop());
  },
  async fields({ vault, config, dist, undo }) {
    if (dist === undefined) return;
    const app = createFieldsApp(vault, dist);
    undo.unshift(() => app.close());
    await app.listen({ host: config.host, port: config.fieldsPort });
  },
  async api({ vault, config, undo }) {
    const app = createApiApp(vault);
    undo.unshift(() => app.close());
    await app.listen({ host: config.host, port: config.apiPort });
  },
};

async function bringForward(owner: Owner, mode: Config['mode']): Promise<void> {
  await refuseOtherMode(owner, mode);
  await migrate(owner);
  await claimMode(owner, mode);
}

async function requireFit(sql: Database, config: Config, { roles: [role = 'api'] }: Part) {
  if (config.mode === 'live') await refuseUnfit(config, sql, role);
  await requireCurrent(sql, role);
  await requireMode(sql, role, config.mode);
}

/**
 * What was found without keys is held against them: with an empty folder in the place of the key store,
 * a node would make keys of its own, and know no API key and no card of anybody's.
 */
async function requireSigner(vault: Vault, { roles: [role = 'api'] }: Part): Promise<void> {
  if ((await manifestSigner(vault.sql.as(role), vault, undefined)) === undefined)
    throw new StartError(
      'The root has spoken for no manifest key of this key store: it is not the one of `hushfield root request`; check KEY_STORE_DIR.',
    );
}

const LIVE_IS_SERVED =
  'MODE=live is not for this start, which makes a merchant to try things with: use `hushfield migrate` and `hushfield serve`.';

/** Last opened, first closed; one failure does not keep the rest open. */
async function inTurn(steps: (() => Promise<unknown>)[]): Promise<void> {
  for (const step of steps.splice(0)) await step().catch(() => {});
}

function warnOfSandbox(log: Log): void {
  const line =
    'EMBEDDED DATABASE: a sandbox. It does not wait for the disk, so a power cut can lose acknowledged cards. Set DATABASE_URL for PostgreSQL.';
  log.warn({}, '*'.repeat(72));
  log.warn({}, line);
  log.warn({}, '*'.repeat(72));
}
