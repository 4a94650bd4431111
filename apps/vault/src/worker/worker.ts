import { detailOf } from '../app/log.ts';
import type { Action } from '../audit/catalogue.ts';
import { insertDeploymentAudit } from '../audit/insert-audit.ts';
import { seconds } from '../clock.ts';
import { purgeCodes } from '../codes/purge-codes.ts';
import { purgeExpired } from '../db/purge-expired.ts';
import type { Scope, Sql } from '../db/sql.ts';
import { reportUnknown } from '../forward/report-unknown.ts';
import { purgeEvents } from '../events/purge-events.ts';
import { aloneWithKeys } from '../keys/alone-with-keys.ts';
import { isOver, nextWindow } from '../keys/receive-schedule.ts';
import { purgeCounters } from '../limits/counter-store.ts';
import { destroySuperseded } from '../rotation/rotate-secret.ts';
import { purgeGrants } from '../grants/grant-store.ts';
import { purgeSessions } from '../sessions/session-store.ts';
import type { Vault } from '../vault.ts';
import { DelegationAlarm } from './delegation-alarm.ts';
import { verifies } from './manifest-signer.ts';
import { latestManifest } from './manifest-store.ts';
import { publishManifest } from './publish-manifest.ts';
import { purgeAnswers, purgeTokens } from './purge.ts';
import { WORKER_STEPS, type WorkerStep } from './steps.ts';

const EVERY_MS = 60_000;
const AS_WORKER: Scope = { role: 'worker' };

/**
 * One round of everything that is due by the clock. Safe to repeat and to run on several nodes. What has
 * to be forgotten comes first, and each thing is done for itself: none of it needs a key, and a device
 * that is away for a day may not keep a security code for so long.
 *
 * @param ending - of the process: what was begun comes to its end, and nothing more is begun.
 * @throws what the first thing that could not be done has thrown, when all has been tried.
 */
export async function runWorkerRound(
  vault: Vault,
  alarm = new DelegationAlarm(vault),
  ending?: AbortSignal,
): Promise<void> {
  const now = new Date(vault.now());
  const sql = vault.sql.as('worker');
  const steps: Steps = {
    'purge-codes': () => purgeCodes(sql, now),
    'report-unknown': () => tellUnknown(vault, now),
    'purge-tokens': () => purgeAllTokens(vault, now, ending),
    'purge-answers': () => purgeAnswers(sql, now),
    'purge-sessions': () => purgeSessions(sql, now),
    'purge-grants': () => purgeGrants(sql, now),
    // None that nobody has reported yet, whatever became of the step that does.
    'purge-forwards': () =>
      purgeExpired(sql, 'forwards', ['tenant', 'forward_id'], now, "state <> 'under_way'"),
    'purge-events': () => purgeEvents(sql, now),
    'purge-counters': () => purgeCounters(sql, now),
    'destroy-receive-keys': () => destroyOver(vault),
    'turn-keys': () => turnKeys(vault, alarm),
  };
  await eachForItself(vault, steps, ending);
}

type Steps = Readonly<Record<WorkerStep, () => Promise<void>>>;

async function eachForItself(
  { now, metrics }: Vault,
  steps: Steps,
  ending: AbortSignal | undefined,
): Promise<void> {
  const errors: unknown[] = [];
  for (const step of WORKER_STEPS) {
    if (ending?.aborted === true) return;
    const started = performance.now();
    const before = errors.length;
    await steps[step]().catch((error: unknown) => errors.push(error));
    const outcome = errors.length === before ? 'ok' : 'failed';
    metrics.worker.steps.observe({ step, outcome }, (performance.now() - started) / 1000);
  }
  metrics.worker.rounds.add({ outcome: errors.length === 0 ? 'ok' : 'failed' });
  if (errors.length > 0) throw errors[0];
  metrics.worker.lastGood.set({}, now() / 1000);
}

async function purgeAllTokens(
  { sql }: Vault,
  now: Date,
  ending: AbortSignal | undefined,
): Promise<void> {
  while (
    ending?.aborted !== true &&
    (await sql.transaction(AS_WORKER, (inside) => purgeTokens(inside, now))) > 0
  );
}

/** Whoever keeps accounts must look at the destination's: the log says so once, and the trail says which. */
async function tellUnknown({ sql, log, metrics }: Vault, now: Date): Promise<void> {
  const told = await reportUnknown(sql, now);
  if (told === 0) return;
  for (let n = 0; n < told; n += 1) metrics.forward.outcomes.add({ outcome: 'unknown' });
  const detail = `${told} without an outcome`;
  log.error(
    { role: 'worker', detail },
    'of requests that were sent on, nobody knows what came of them',
  );
}

/** A seed whose time is over opens nothing any more; to destroy it needs no KEK. */
async function destroyOver({ sql, receiveKeys, now }: Vault): Promise<void> {
  await aloneWithKeys(sql, async (inside) => {
    const time = seconds(now());
    for (const key of receiveKeys.list().filter((each) => isOver(each, time))) {
      receiveKeys.destroy(key);
      await note(inside, now(), 'receive.destroy', key.kid);
    }
  });
}

async function turnKeys(vault: Vault, alarm: DelegationAlarm): Promise<void> {
  await aloneWithKeys(vault.sql, async (sql) => {
    const now = seconds(vault.now());
    const next = nextWindow(vault.receiveKeys.list(), now);
    if (next !== undefined) {
      const { kid } = await vault.receiveKeys.create(next);
      await note(sql, vault.now(), 'receive.create', kid);
    }
    const signing = await publishManifest(sql, vault);
    for (const what of destroySuperseded(vault, signing?.from))
      await note(sql, vault.now(), 'secret.destroy', what);
    const latest = await latestManifest(sql);
    alarm.tell(signing?.ends, latest !== undefined && (await verifies(vault, latest, now)));
  });
}

async function note(sql: Sql, now: number, action: Action, resource: string): Promise<void> {
  await insertDeploymentAudit(sql, { at: new Date(now), action, resource, actor: 'worker' });
}

export type Worker = {
  /** Milliseconds since a round last did all that was due. */
  sinceGood(): number;
  stop(): Promise<void>;
};

/**
 * Repeats the round each minute, after one that went well; a failed one is logged and tried again at the next. Where one
 * takes longer, those that would begin meanwhile are left out.
 */
export function startWorker(vault: Vault): Worker {
  const alarm = new DelegationAlarm(vault);
  let goodAt = vault.steady();
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= runWorkerRound(vault, alarm, ending.signal)
      .then(() => {
        goodAt = vault.steady();
      })
      .catch((error: unknown) => {
        vault.log.error({ role: 'worker', detail: detailOf(error) }, 'worker round failed');
      })
      .finally(() => {
        running = undefined;
      });
  }, EVERY_MS);
  return {
    sinceGood: () => vault.steady() - goodAt,
    async stop() {
      clearInterval(timer);
      ending.abort();
      await running;
    },
  };
}
