import { detailOf, type Log } from '../app/log.ts';
import type { Reason } from '../app/reasons.ts';
import { VaultError } from '../app/vault-error.ts';
import type { Clock, Clocks } from '../clock.ts';
import { isOutage } from '../db/outage.ts';
import type { Role, Sql } from '../db/sql.ts';
import type { Vault } from '../vault.ts';
import { counterName, type Subject } from './counter-name.ts';
import { takeUnits } from './counter-store.ts';
import { blockOf } from './rate.ts';

/** Why a take was refused, and after how many seconds it is worth another try. */
export type Refusal = { readonly cause: 'spent' | 'outage'; readonly retryAfter: number };

/**
 * What a caller is told. A database that is away is no fault of theirs: a frame sends the same bytes again
 * by itself, as it would not after a limit.
 */
export function errorOfRefusal({ cause, retryAfter }: Refusal, spent: Reason): VaultError {
  return cause === 'spent'
    ? VaultError.because('rate_limited', spent, { retryAfter })
    : VaultError.because('service_unavailable', 'limit_unknown', { retryAfter });
}

/** What every limit of a node works with. */
export type Means = Clocks & {
  readonly sql: Sql;
  /** The key of counters' names; asked each time, since keys are not to be kept. */
  readonly nameKey: () => Promise<Uint8Array>;
  readonly log: Log;
};

/** What the limits of a role take from the vault. */
export type Limited = Pick<
  Vault,
  'sql' | 'keys' | 'now' | 'steady' | 'log' | 'limits' | 'pricing' | 'metrics'
>;

/** The means of limits in a role. Nobody is to learn a name, so that a key in use serves: the pepper. */
export function meansOf({ sql, keys, now, steady, log }: Limited, role: Role): Means {
  return { sql: sql.as(role), nameKey: () => keys.secret('pepper'), now, steady, log };
}

/** What a subject may take, and until when; the window keeps its counter apart from those before. */
export type Allowance = {
  readonly limit: number;
  readonly window: number;
  readonly endsAt: number;
};

/** A window ends by the clock that all nodes share; a pause after an outage, by one that goes on. */
type Shut = {
  readonly cause: Refusal['cause'];
  readonly until: number;
  readonly clock: Clock;
};

/** What a node holds of one subject. */
type Held = {
  readonly subject: Subject;
  readonly allowance: Allowance;
  left: number;
  /** Units given out before the database was told of them. */
  untold: number;
  shut?: Shut;
  asking?: Promise<void> | undefined;
};

const MAX_HELD = 20_000;
const OUTAGE_PAUSE_MS = 1_000;

/**
 * Allowances that hold over all nodes, at few statements. A node gives out the first block of a subject
 * on its own word; when that is used up it tells the database of it, and takes the next block out of the
 * counter that all nodes share, until the counter is at its limit. So most subjects, who come once or
 * twice, cost no statement at all, and busy ones one per block.
 *
 * What all nodes give out of an allowance is at most its limit and one block for each node but one: the
 * blocks that the others have not told of yet. Without the database a node gives out what it holds,
 * and then refuses.
 */
export class Leases {
  readonly #limit: string;
  readonly #means: Means;
  readonly #held = new Map<string, Held>();

  /** @param limit its name, which keeps its counters apart from those of other limits. */
  constructor(limit: string, means: Means) {
    this.#limit = limit;
    this.#means = means;
  }

  /** Takes one unit, or says why there is none. A refused take is not counted. */
  async take(
    allowanceAt: (now: number) => Allowance,
    whom: readonly string[],
  ): Promise<Refusal | undefined> {
    for (;;) {
      const now = this.#means.now();
      const held = this.#heldBy(whom, allowanceAt(now), now);
      if (held.left > 0) {
        held.left -= 1;
        return undefined;
      }
      const refusal = refusalOf(held.shut);
      if (refusal !== undefined) return refusal;
      // One question for all who wait; those it leaves with nothing ask the next one.
      held.asking ??= this.#ask(held).finally(() => {
        held.asking = undefined;
      });
      await held.asking;
    }
  }

  #heldBy(whom: readonly string[], allowance: Allowance, now: number): Held {
    const id = JSON.stringify([allowance.window, ...whom]);
    const known = this.#held.get(id);
    if (known !== undefined) return known;
    // Whoever makes a node forget subjects by sending many gets no second free block for it.
    const free = this.#makeRoom(now) ? blockOf(allowance.limit) : 0;
    const subject: Subject = [this.#limit, ...whom];
    const held = { subject, allowance, left: free, untold: free };
    this.#held.set(id, held);
    return held;
  }

  /** Whether all subjects whose time is not over are still remembered. */
  #makeRoom(now: number): boolean {
    for (const [id, { allowance }] of this.#held) {
      if (allowance.endsAt > now) break;
      this.#held.delete(id);
    }
    if (this.#held.size < MAX_HELD) return true;
    const [oldest] = this.#held.keys();
    if (oldest !== undefined) this.#held.delete(oldest);
    return false;
  }

  async #ask(held: Held): Promise<void> {
    const { sql, nameKey, log, now, steady } = this.#means;
    const { limit, window, endsAt } = held.allowance;
    const block = blockOf(limit);
    try {
      // Here and not at each take: most subjects never come to the database, and an HMAC a take was a
      // tenth of what a card costs.
      const name = counterName(await nameKey(), held.subject, window);
      const taken = await takeUnits(sql, { name, endsAt }, held.untold + block);
      held.untold = 0;
      held.left = Math.min(block, Math.max(0, limit - (taken - block)));
      if (held.left > 0) return;
      held.shut = { cause: 'spent', until: endsAt, clock: now };
      log.warn({ detail: this.#limit }, 'limit reached');
    } catch (error) {
      if (!isOutage(error)) throw error;
      held.shut = { cause: 'outage', until: steady() + OUTAGE_PAUSE_MS, clock: steady };
      log.warn({ detail: `${this.#limit}: ${detailOf(error)}` }, 'limit without its database');
    }
  }
}

function refusalOf(shut: Shut | undefined): Refusal | undefined {
  if (shut === undefined) return undefined;
  const { cause, until, clock } = shut;
  const now = clock();
  if (now >= until) return undefined;
  return { cause, retryAfter: Math.max(1, Math.ceil((until - now) / 1000)) };
}
