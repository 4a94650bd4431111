import { setTimeout as sleep } from 'node:timers/promises';
import { detailOf } from '../app/log.ts';
import { insertDeploymentAudit } from './insert-audit.ts';
import { Sequencer, type SequencerNeeds } from './sequencer.ts';

const EVERY_MS = 500;

export type RunningSequencer = { readonly sequencer: Sequencer; stop(): Promise<void> };

/** Repeats the round twice a second, also after one that failed. */
export function startSequencer(vault: SequencerNeeds): RunningSequencer {
  const sequencer = new Sequencer(vault);
  const ending = new AbortController();
  const running = (async () => {
    await note(vault, 'log.start');
    let isWell = true;
    while (!ending.signal.aborted) {
      const error = await sequencer.round({ signal: ending.signal }).then(() => undefined, failed);
      // Once as it turns: a database that is away for an hour fills no log.
      if (error !== undefined && isWell)
        vault.log.error({ role: 'worker', detail: detailOf(error) }, 'audit round failed');
      if (error === undefined && !isWell)
        vault.log.info({ role: 'worker' }, 'audit round is well again');
      isWell = error === undefined;
      await pause(EVERY_MS, ending.signal);
    }
  })();
  return {
    sequencer,
    async stop() {
      ending.abort();
      await running;
      await note(vault, 'log.stop');
      // What was acknowledged just now gets its place before the process ends.
      await sequencer.round({ isLast: true }).catch((error: unknown) => {
        const detail = detailOf(error);
        vault.log.error(
          { role: 'worker', detail },
          'the last audit round failed: what it placed is not signed',
        );
      });
    },
  };
}

/** PCI DSS 10.2.1.6. A worker that cannot say so will not find the database either, and says that. */
async function note(
  { sql, now, log }: SequencerNeeds,
  action: 'log.start' | 'log.stop',
): Promise<void> {
  const act = { at: new Date(now()), action, resource: 'audit', actor: 'worker' } as const;
  await insertDeploymentAudit(sql.as('worker'), act).catch((error: unknown) => {
    log.error({ role: 'worker', detail: detailOf(error) }, `${action} was not noted`);
  });
}

function failed(error: unknown): unknown {
  return error ?? new Error('nothing was said');
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
