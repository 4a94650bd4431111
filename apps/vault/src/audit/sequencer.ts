import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { detailOf } from '../app/log.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Vault } from '../vault.ts';
import { insertDeploymentAudit } from './insert-audit.ts';
import { signWhenDue } from './checkpoint-store.ts';
import { logName } from './log-name.ts';
import { type LogState, logState } from './log-state.ts';
import { BATCH, hasPending, sequenceBatch } from './sequence-batch.ts';
import { Witness } from './witness.ts';

const EVERY_MS = 500;
const LOOK_EVERY_MS = 5_000;
const LATE_SECONDS = 5;
const TELL_EVERY_MS = 60_000;

type Needs = Pick<Vault, 'sql' | 'log' | 'now' | 'steady' | 'witnessFile'> & {
  readonly metrics: Pick<Vault['metrics'], 'audit'>;
  readonly keys: Pick<KeyStore, 'signingKey' | 'auditKeys'>;
};

/**
 * Keeps the audit log in order: gives entries their places when the turn is its own, signs states of the
 * log, and follows with its witness file whoever gives them. A log that contradicts the witness is not
 * signed any further from here: somebody has put another database in the place of the one we knew.
 */
export class Sequencer {
  readonly #vault: Needs;
  readonly #witness: Witness;
  readonly #owner = randomUUID();
  readonly #toldAt = new Map<string, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #contradiction: string | undefined;

  constructor(vault: Needs) {
    this.#vault = vault;
    this.#witness = new Witness(vault.witnessFile);
  }

  /** In words, why nothing is signed from here. */
  get contradiction(): string | undefined {
    return this.#contradiction;
  }

  /** Everything that is due now. Safe to repeat, and to run on any number of nodes. */
  async round(): Promise<void> {
    // A glance writes nothing: an idle vault takes no turns.
    if (await hasPending(this.#vault.sql.as('sequencer'))) await this.#giveAll();
    if (this.#vault.steady() - this.#lookedAt >= LOOK_EVERY_MS) await this.#look();
    if (this.#contradiction !== undefined) return;
    if (await signWhenDue(this.#vault, this.#owner)) await this.#follow();
  }

  async #giveAll(): Promise<void> {
    const { audit } = this.#vault.metrics;
    for (let taken = BATCH; taken === BATCH; ) {
      const batch = await sequenceBatch(this.#vault.sql, this.#owner);
      for (const id of batch?.gone ?? [])
        this.#vault.log.error({ role: 'worker', detail: id }, 'an audit entry was removed');
      taken = batch?.taken ?? 0;
      audit.removed.add({}, batch?.gone.length ?? 0);
      audit.placed.add({}, taken);
    }
  }

  async #look(): Promise<void> {
    this.#lookedAt = this.#vault.steady();
    await this.#follow();
    const state = await logState(this.#vault.sql.as('sequencer'));
    this.#show(state);
    const { waiting, waitedSeconds } = state;
    if (waitedSeconds > LATE_SECONDS) this.#tell(`${waiting} or more audit entries wait`, 'late');
  }

  #show({ size, waiting, waitedSeconds, signedSize }: LogState): void {
    const { audit } = this.#vault.metrics;
    audit.entries.set({}, size);
    audit.waiting.set({}, waiting);
    audit.waited.set({}, waitedSeconds);
    audit.signed.set({}, signedSize);
    audit.witnessed.set({}, this.#witness.size);
    audit.contradiction.set({}, this.#contradiction === undefined ? 0 : 1);
  }

  async #follow(): Promise<void> {
    const { sql, keys } = this.#vault;
    const reader = sql.as('sequencer');
    const trust = { name: await logName(reader), keys: keys.auditKeys() };
    this.#contradiction = await this.#witness.follow(reader, trust);
    if (this.#contradiction !== undefined) this.#tell(this.#contradiction, 'contradiction');
  }

  #tell(detail: string, what: 'late' | 'contradiction'): void {
    const now = this.#vault.steady();
    if (now - (this.#toldAt.get(what) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    this.#toldAt.set(what, now);
    const says =
      what === 'late'
        ? 'audit entries have no place in the log for more than five seconds'
        : 'the audit log contradicts the witness; it is not signed any further, see hushfield audit verify';
    this.#vault.log.error({ role: 'worker', detail }, says);
  }
}

export type RunningSequencer = { readonly sequencer: Sequencer; stop(): Promise<void> };

/** Repeats the round twice a second; a failed one is logged and tried again. */
export function startSequencer(vault: Needs): RunningSequencer {
  const sequencer = new Sequencer(vault);
  const ending = new AbortController();
  const running = (async () => {
    await note(vault, 'log.start');
    while (!ending.signal.aborted) {
      await sequencer.round().catch((error: unknown) => {
        vault.log.error({ role: 'worker', detail: detailOf(error) }, 'audit round failed');
        return pause(TELL_EVERY_MS / 12, ending.signal);
      });
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
      await sequencer.round().catch(() => {});
    },
  };
}

/** PCI DSS 10.2.1.6. A worker that cannot say so will not find the database either, and says that. */
async function note({ sql, now, log }: Needs, action: 'log.start' | 'log.stop'): Promise<void> {
  const act = { at: new Date(now()), action, resource: 'audit', actor: 'worker' } as const;
  await insertDeploymentAudit(sql.as('worker'), act).catch((error: unknown) => {
    log.error({ role: 'worker', detail: detailOf(error) }, `${action} was not noted`);
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}
