import { randomUUID } from 'node:crypto';
import { Frontier } from '@hushfield/crypto/tlog';
import type { Sql } from '../db/sql.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { Vault } from '../vault.ts';
import { isSigningDue, signWhenDue } from './checkpoint-store.ts';
import { LogChanged } from './log-changed.ts';
import { logName } from './log-name.ts';
import { type LogState, logState } from './log-state.ts';
import { BATCH, hasPending, releaseTurn, sequenceBatch } from './sequence-batch.ts';
import { Witness } from './witness.ts';

const LOOK_EVERY_MS = 5_000;
const LATE_SECONDS = 5;
const TELL_EVERY_MS = 60_000;
/** In a round: there are looks between them, and an end that is asked for. */
const BATCHES = 20;
/** While nobody can sign, entries wait for their places instead: what is to be signed is grown in memory. */
const MOST_UNSIGNED = 50_000;
const SAYS = {
  late: 'audit entries have no place in the log for more than five seconds',
  contradiction:
    'the audit log contradicts the witness; it is not signed any further, see hushfield audit verify',
  new: 'there was no witness file: one is begun from the log as the database has it now, past and all',
} as const;

export type SequencerNeeds = Pick<Vault, 'sql' | 'log' | 'now' | 'steady' | 'witnessFile'> & {
  readonly metrics: Pick<Vault['metrics'], 'audit'>;
  readonly keys: Pick<KeyStore, 'signingKey' | 'auditKeys'>;
};

type RoundOptions = { readonly isLast?: boolean; readonly signal?: AbortSignal };

/**
 * Keeps the audit log in order: gives entries their places when the turn is its own, signs states of the
 * log, and follows with its witness file whoever gives them. A log that contradicts the witness is not
 * signed any further from here: somebody has put another database in the place of the one we knew.
 */
export class Sequencer {
  readonly #vault: SequencerNeeds;
  readonly #witness: Witness;
  readonly #owner = randomUUID();
  readonly #toldAt = new Map<string, number>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #contradiction: string | undefined;
  /** The log as this process has left it. */
  #known = new Frontier();
  /** That the witness could follow when it was last asked to. */
  #isSound = true;
  #isLate = false;

  constructor(vault: SequencerNeeds) {
    this.#vault = vault;
    this.#witness = new Witness(vault.witnessFile);
  }

  /** In words, why nothing is signed from here. */
  get contradiction(): string | undefined {
    return this.#contradiction;
  }

  /**
   * Everything that is due now. Safe to repeat, and to run on any number of nodes.
   *
   * @param isLast - nothing comes after: what has a place is signed, and another may have the turn.
   */
  async round({ isLast = false, signal }: RoundOptions = {}): Promise<void> {
    // First, and before places: what the witness knows is what a new process goes on from.
    const isDue = this.#vault.steady() - this.#lookedAt >= LOOK_EVERY_MS;
    const unseen = isDue ? await this.#look().then(() => undefined, toError) : undefined;
    try {
      // A glance writes nothing: an idle vault takes no turns.
      if (this.#mayPlace && (await hasPending(this.#reader))) await this.#giveAll(signal);
    } catch (error) {
      this.#heed(error);
    }
    // A witness that cannot follow keeps nobody's entries without places for ever; but nothing is signed past it.
    if (unseen !== undefined) throw unseen;
    await this.#sign(isLast);
    if (isLast) await releaseTurn(this.#reader, this.#owner);
    if (this.#isSound) this.#vault.metrics.audit.lastGood.set({}, this.#vault.now() / 1000);
  }

  get #reader(): Sql {
    return this.#vault.sql.as('sequencer');
  }

  /** A worker that cannot sign leaves the places to those who can, unless nobody gives any. */
  get #mayPlace(): boolean {
    if (this.#contradiction !== undefined || this.#known.size - this.#witness.size > MOST_UNSIGNED)
      return false;
    return this.#isSound || this.#isLate;
  }

  async #giveAll(signal: AbortSignal | undefined): Promise<void> {
    const { audit } = this.#vault.metrics;
    for (let batches = 0; batches < BATCHES && this.#mayPlace && !signal?.aborted; batches += 1) {
      const known = [this.#known, this.#witness.frontier];
      const batch = await sequenceBatch(this.#vault.sql, this.#owner, { known });
      if (batch === undefined) return;
      this.#known = batch.log;
      for (const id of batch.gone)
        this.#vault.log.error({ role: 'worker', detail: id }, 'an audit entry was removed');
      audit.removed.add({}, batch.gone.length);
      audit.placed.add({}, batch.taken - batch.gone.length);
      if (batch.taken < BATCH) return;
      await this.#sign(false);
    }
  }

  async #sign(isLast: boolean): Promise<void> {
    if (this.#contradiction !== undefined) return;
    if (!isLast && !(await isSigningDue(this.#vault))) return;
    // Just before: what was looked at seconds ago may have been put back since.
    await this.#follow();
    if (this.#contradiction !== undefined) return;
    const signing = { vault: this.#vault, witnessed: this.#witness.frontier, known: this.#known };
    try {
      if (await signWhenDue({ ...signing, isLast })) await this.#follow();
    } catch (error) {
      this.#heed(error);
    }
  }

  async #look(): Promise<void> {
    this.#lookedAt = this.#vault.steady();
    const state = await logState(this.#reader);
    const { waiting, waitedSeconds } = state;
    this.#isLate = waitedSeconds > LATE_SECONDS;
    if (this.#isLate) this.#tell(`${waiting} of the first thousand wait`, 'late');
    try {
      await this.#follow();
    } finally {
      this.#show(state);
    }
    if (this.#witness.isNew && state.signedSize > 0)
      this.#tell(`${state.signedSize} entries were signed for before`, 'new');
  }

  async #follow(): Promise<void> {
    const { keys } = this.#vault;
    this.#isSound = false;
    try {
      const trust = { name: await logName(this.#reader), keys: keys.auditKeys() };
      await this.#witness.follow(this.#reader, trust);
      this.#isSound = this.#contradiction === undefined;
    } catch (error) {
      // Soon again: until then places are left to others.
      this.#lookedAt = Number.NEGATIVE_INFINITY;
      this.#heed(error);
    }
  }

  /** What was once found changed is not believed again by this process, whatever the database says later. */
  #heed(error: unknown): void {
    if (!(error instanceof LogChanged)) throw error;
    this.#contradiction = error.message;
    this.#isSound = false;
    this.#tell(error.message, 'contradiction');
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

  #tell(detail: string, what: keyof typeof SAYS): void {
    const now = this.#vault.steady();
    if (now - (this.#toldAt.get(what) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    this.#toldAt.set(what, now);
    this.#vault.log.error({ role: 'worker', detail }, SAYS[what]);
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error('nothing was said');
}
