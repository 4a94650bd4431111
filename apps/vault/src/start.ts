import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { assemble } from './assemble.ts';
import { startSequencer } from './audit/run-sequencer.ts';
import { createLog, type Log } from './app/log.ts';
import { type Clocks, SYSTEM_CLOCKS } from './clock.ts';
import { type Config, StartError } from './config.ts';
import { openDatabase } from './db/database.ts';
import { type DevelopmentGateway, developmentGateway } from './dev/development-gateway.ts';
import { type Credentials, developmentMerchant } from './dev/development-merchant.ts';
import { createFieldsApp } from './fields/fields-app.ts';
import { loadBrandIcons } from './fields/brand-icons.ts';
import { loadFonts } from './fields/fonts.ts';
import { loadFrameDist } from './fields/frame-dist.ts';
import { loadSdkDist } from './fields/sdk-dist.ts';
import { closeKeys, startForgetting } from './keys/forget-keys.ts';
import { newestSecrets, noteMade } from './keys/newest-secrets.ts';
import { Listeners } from './operate/listeners.ts';
import { openOperating, type Operating } from './operate/operating.ts';
import { poolMetrics } from './operate/process-metrics.ts';
import { checksOf } from './operate/role-checks.ts';
import { createApiApp } from './routes/api-app.ts';
import { type NodeRole, ROLES } from './role.ts';
import { bringForward, requireFit, requireSigner } from './start-fit.ts';
import type { Vault } from './vault.ts';
import { startDeliveries } from './webhooks/run-deliveries.ts';
import { runWorkerRound, startWorker, type Worker } from './worker/worker.ts';

type Running = {
  /** Of a development vault. */
  readonly merchant: Credentials | undefined;
  /** What that merchant may send cards to, where it was told of one. */
  readonly gateway: DevelopmentGateway | undefined;
  /**
   * Says that it is not ready, goes on for a while, then ends each part in order.
   *
   * @param hurry - ends the while.
   */
  readonly stop: (hurry?: AbortSignal) => Promise<void>;
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
  const log = createLog(config.logLevel, write, part.roles.join(','));
  const operating = await openOperating(config, { ...clocks, log });
  const undo: Undo = [() => operating.close()];
  try {
    const stage = await open(config, { ...clocks, log }, { part, operating, undo, dist });
    const { vault, listeners } = stage;
    const merchant = part.develop ? await developmentMerchant(vault, config) : undefined;
    const gateway = merchant && (await developmentGateway(vault, merchant.tenant, config));
    await startRoles(stage, part.roles);
    operating.readying.begin(checksOf(vault, part.roles, stage.worker));
    for (const role of part.roles) operating.metrics.life.serves.set({ role }, 1);
    const stop = async (hurry?: AbortSignal) => {
      operating.readying.drain();
      // Nobody sends a lone worker anything.
      if (listeners.count > 0) await pauseFor(config.drainMs, hurry);
      await inTurn(undo);
    };
    return { merchant, gateway, stop };
  } catch (error) {
    await inTurn(undo);
    throw error;
  }
}

/** What ends each part, last started first. */
type Undo = (() => Promise<unknown>)[];

type Dist = ReturnType<typeof loadDist> | undefined;
type Opening = {
  readonly part: Part;
  readonly operating: Operating;
  readonly undo: Undo;
  readonly dist: Dist;
};

/** Database and keys, before any role. */
async function open(
  config: Config,
  own: Clocks & { readonly log: Log },
  { part, operating, undo, dist }: Opening,
): Promise<Stage> {
  const { metrics, readying } = operating;
  const { roles, develop } = part;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const { databaseUrl: url, dataDir, nodeName: node } = config;
  const sql = await openDatabase({ url, dataDir, node });
  undo.unshift(() => sql.close());
  poolMetrics(metrics.registry, sql);
  if (sql.engine === 'embedded') warnOfSandbox(own.log);
  if (develop) await bringForward(sql.owner, config.mode);
  else await requireFit(sql, config, roles);
  const vault = await assemble(config, { sql, ...own, metrics }, { roles, fills: true });
  undo.unshift(async () => closeKeys(vault));
  undo.unshift(async () => {
    vault.egress.close();
    vault.webhookEgress.close();
  });
  const forgetting = startForgetting(vault);
  undo.unshift(async () => forgetting.stop());
  if (config.mode === 'live') await requireSigner(vault, roles);
  const listeners = new Listeners(readying, own.log);
  return { vault, config, dist, undo, listeners, worker: undefined };
}

type Stage = {
  readonly vault: Vault;
  readonly config: Config;
  readonly dist: Dist;
  readonly undo: Undo;
  readonly listeners: Listeners;
  worker: Worker | undefined;
};

function loadDist({ fieldsDist, sdkDist, fontsDir, brandIconsDir }: Config) {
  return {
    frames: loadFrameDist(fieldsDist),
    sdk: loadSdkDist(sdkDist),
    fonts: loadFonts(fontsDir),
    icons: loadBrandIcons(brandIconsDir),
  };
}

/** The worker first: the other two serve what it makes. They end before it. */
async function startRoles(stage: Stage, roles: readonly NodeRole[]): Promise<void> {
  const { vault, config, dist, undo, listeners } = stage;
  const { host, fieldsPort, apiPort } = config;
  if (roles.includes('worker')) await startWork(stage);
  undo.unshift(() => listeners.close());
  if (dist !== undefined)
    await listeners.open(createFieldsApp(vault, dist), { host, port: fieldsPort });
  if (roles.includes('api')) await listeners.open(createApiApp(vault), { host, port: apiPort });
}

async function startWork(stage: Stage): Promise<void> {
  await noteKeys(stage.vault);
  await runWorkerRound(stage.vault);
  const worker = startWorker(stage.vault);
  stage.worker = worker;
  stage.undo.unshift(() => worker.stop());
  const log = startSequencer(stage.vault);
  stage.undo.unshift(() => log.stop());
  const deliveries = startDeliveries(stage.vault);
  stage.undo.unshift(() => deliveries.stop());
}

/**
 * What an older version, or a rotation that was cut off, did not write down: the public half of the root, and
 * which keys there are.
 */
async function noteKeys({ keys, sql, mode, now }: Vault): Promise<void> {
  if (mode === 'test') await keys.publishRoot();
  await keys.publishAuditKeys();
  const at = new Date(now());
  for (const { name, from } of newestSecrets(keys.folder))
    await sql.transaction({ role: 'worker' }, (inside) => noteMade(inside, name, from, at));
}

const LIVE_IS_SERVED =
  'MODE=live is not for this start, which makes a merchant to try things with: use `hushfield migrate` and `hushfield serve`.';

/** Until the time is over, or somebody is in a hurry. */
async function pauseFor(ms: number, hurry: AbortSignal | undefined): Promise<void> {
  await pause(ms, undefined, hurry === undefined ? {} : { signal: hurry }).catch(() => {});
}

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
