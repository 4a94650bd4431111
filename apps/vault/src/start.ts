import { mkdirSync } from 'node:fs';
import { assemble } from './assemble.ts';
import { createLog, type Log } from './app/log.ts';
import { type Clocks, SYSTEM_CLOCKS, seconds } from './clock.ts';
import { type Config, StartError } from './config.ts';
import { openDatabase } from './db/database.ts';
import { claimMode, refuseOtherMode, requireMode } from './db/deployment-mode.ts';
import { migrate, requireCurrent } from './db/migrate.ts';
import type { Database, Owner, Sql } from './db/sql.ts';
import { type Credentials, developmentMerchant } from './dev/development-merchant.ts';
import { refuseUnfit } from './doctor/refuse-unfit.ts';
import { createFieldsApp } from './fields/fields-app.ts';
import { loadFrameDist } from './fields/frame-dist.ts';
import { loadSdkDist } from './fields/sdk-dist.ts';
import { closeKeys, startForgetting } from './keys/forget-keys.ts';
import { newestSecrets, noteSecret } from './keys/newest-secrets.ts';
import { delegationsInForce } from './root/delegation-store.ts';
import { trustedRoot } from './root/trusted-root.ts';
import { createApiApp } from './routes/api-app.ts';
import { type NodeRole, ROLES } from './role.ts';
import type { Vault } from './vault.ts';
import { manifestSigner } from './worker/manifest-signer.ts';
import { runWorkerRound, startWorker } from './worker/worker.ts';

type Running = {
  /** Of a development vault. */
  readonly merchant: Credentials | undefined;
  stop(): Promise<void>;
};

export type Surroundings = { readonly clocks?: Clocks; readonly write: (line: string) => void };

export type Part = {
  readonly roles: readonly NodeRole[];
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
  { clocks = SYSTEM_CLOCKS, write }: Surroundings,
  part: Part = EVERYTHING,
): Promise<Running> {
  if (part.develop && config.mode === 'live') throw new StartError(LIVE_IS_SERVED);
  // First: what was never built is found before anything is written.
  const dist = part.roles.includes('fields') ? loadDist(config) : undefined;
  const log = createLog(config.logLevel, write);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const sql = await openDatabase({
    ...{ url: config.databaseUrl, dataDir: config.dataDir, node: config.nodeName },
  });
  const undo: (() => Promise<unknown>)[] = [() => sql.close()];
  const stop = () => inTurn(undo);
  try {
    if (sql.engine === 'embedded') warnOfSandbox(log);
    if (part.develop) await bringForward(sql.owner, config.mode);
    else await requireFit(sql, config, part);
    const vault = await assemble(config, { sql, ...clocks, log }, { ...part, fills: true });
    undo.unshift(async () => closeKeys(vault));
    const forgetting = startForgetting(vault);
    undo.unshift(async () => forgetting.stop());
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

const starters: Readonly<Record<NodeRole, (stage: Stage) => Promise<void>>> = {
  async worker({ vault, undo }) {
    await noteKeys(vault);
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
 * The root's word is held against the manifest key by the one role that may unwrap it. The others see that
 * there is a word; that the store is the right one, they have seen before.
 */
async function requireSigner(vault: Vault, { roles }: Part): Promise<void> {
  const [role = 'api'] = roles;
  const sql = vault.sql.as(roles.includes('worker') ? 'worker' : role);
  const speaks = roles.includes('worker')
    ? (await manifestSigner(sql, vault, undefined)) !== undefined
    : (await wordsOf(sql, vault)).length > 0;
  if (!speaks)
    throw new StartError(
      'The root has spoken for no manifest key of this key store. See: hushfield root request --help',
    );
}

function wordsOf(sql: Sql, vault: Vault) {
  const trust = { root: trustedRoot(vault), env: vault.mode, now: seconds(vault.now()) };
  return delegationsInForce(sql, trust);
}

/** What an older version did not write down: the public half of the root, and which keys there are. */
async function noteKeys({ keys, sql, mode }: Vault): Promise<void> {
  if (mode === 'test') await keys.publishRoot();
  for (const { name, from } of newestSecrets(keys.folder))
    await noteSecret(sql.as('worker'), name, from);
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
