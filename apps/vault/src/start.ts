import { mkdirSync } from 'node:fs';
import { assemble } from './assemble.ts';
import { createLog, type Log } from './app/log.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { openDatabase } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { type Credentials, developmentMerchant } from './dev/development-merchant.ts';
import { createFieldsApp } from './fields/fields-app.ts';
import { loadFrameDist } from './fields/frame-dist.ts';
import { loadSdkDist } from './fields/sdk-dist.ts';
import { createApiApp } from './routes/api-app.ts';
import { runWorkerRound, startWorker } from './worker/worker.ts';

type Running = { readonly merchant: Credentials; stop(): Promise<void> };

export type Surroundings = { readonly now?: Clock; readonly write: (line: string) => void };

/**
 * Starts all roles in this process and resolves when all listeners answer.
 *
 * @throws StartError with a plain sentence when something the operator can mend is missing.
 */
export async function start(
  config: Config,
  { now = systemClock, write }: Surroundings,
): Promise<Running> {
  const dist = { frames: loadFrameDist(config.fieldsDist), sdk: loadSdkDist(config.sdkDist) };
  const log = createLog(config.logLevel, write);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const sql = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  const undo: (() => Promise<unknown>)[] = [() => sql.close()];
  const stop = () => inTurn(undo);
  try {
    if (sql.engine === 'embedded') warnOfSandbox(log);
    await migrate(sql.owner);
    const vault = assemble(config, { sql, now, log });
    const merchant = await developmentMerchant(vault, config);
    await runWorkerRound(vault);
    const worker = startWorker(vault);
    undo.unshift(() => worker.stop());
    const apps = [createFieldsApp(vault, dist), createApiApp(vault)] as const;
    undo.unshift(() => Promise.all(apps.map((app) => app.close())));
    await apps[0].listen({ host: config.host, port: config.fieldsPort });
    await apps[1].listen({ host: config.host, port: config.apiPort });
    return { merchant, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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
