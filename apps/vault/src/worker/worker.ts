import { detailOf } from '../app/log.ts';
import { seconds } from '../clock.ts';
import { purgeCodes } from '../codes/purge-codes.ts';
import type { Scope } from '../db/sql.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import { isOver, nextWindow } from '../keys/receive-schedule.ts';
import { purgeCounters } from '../limits/counter-store.ts';
import { destroySuperseded } from '../rotation/rotate-secret.ts';
import { purgeSessions } from '../sessions/session-store.ts';
import type { Vault } from '../vault.ts';
import { DelegationAlarm } from './delegation-alarm.ts';
import { publishManifest } from './publish-manifest.ts';
import { purgeAnswers, purgeTokens } from './purge.ts';

const EVERY_MS = 60_000;
const AS_WORKER: Scope = { role: 'worker' };

/** One round of everything that is due by the clock. Safe to repeat and to run on several nodes. */
export async function runWorkerRound(
  vault: Vault,
  alarm = new DelegationAlarm(vault),
): Promise<void> {
  const signer = await aloneWithKeys(vault.sql, async (sql) => {
    await turnReceiveKeys(vault);
    const signing = await publishManifest(sql, vault);
    destroySuperseded(vault, signing?.from);
    return signing;
  });
  alarm.tell(signer?.ends);
  await purge(vault);
}

async function purge(vault: Vault): Promise<void> {
  const now = new Date(vault.now());
  while ((await vault.sql.transaction(AS_WORKER, (sql) => purgeTokens(sql, now))) > 0);
  await purgeCodes(vault.sql.as('worker'), now);
  await purgeAnswers(vault.sql.as('worker'), now);
  await purgeSessions(vault.sql.as('worker'), now);
  await purgeCounters(vault.sql.as('worker'), now);
}

async function turnReceiveKeys({ receiveKeys, now }: Vault): Promise<void> {
  const time = seconds(now());
  const existing = receiveKeys.list();
  const next = nextWindow(existing, time);
  if (next !== undefined) await receiveKeys.create(next);
  for (const key of existing) if (isOver(key, time)) receiveKeys.destroy(key);
}

export type Worker = { stop(): Promise<void> };

/** Repeats the round each minute; a failed one is logged and tried again at the next. */
export function startWorker(vault: Vault): Worker {
  const alarm = new DelegationAlarm(vault);
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => runWorkerRound(vault, alarm))
      .catch((error: unknown) => {
        vault.log.error({ role: 'worker', detail: detailOf(error) }, 'worker round failed');
      });
  }, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
