import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { detailOf } from '../app/log.ts';
import { type Claimed, claimDeliveries } from './claim-deliveries.ts';
import { deliver, type Delivering } from './deliver.ts';
import { tellQueue } from './queue-state.ts';

/** At once, in one process: of all tenants, of one, and of one endpoint. */
const MOST = 128;
const MOST_OF_TENANT = MOST / 4;
const MOST_OF_ONE = 16;
const SHARE = MOST_OF_ONE / 2;
/** Longer than any try: whoever has not settled by then is dead. */
const LEASE_MS = 60_000;
const IDLE_MS = 500;
const TELL_MS = 15_000;
/** What is on its way at the end of a process has so long to be answered. */
const GRACE_MS = 5_000;

/**
 * Delivers what is due, in one process of many. All that they share is the queue in the database, so that any of
 * them may be killed, or run twice.
 */
export class Deliveries {
  readonly #vault: Delivering;
  readonly #underWay = new Map<Promise<void>, Claimed>();
  readonly #cut = new AbortController();
  /** Who waits for room. */
  readonly #waiting = new Set<() => void>();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(vault: Delivering) {
    this.#vault = vault;
  }

  /** Takes what is due and fits, and begins with it; says how many. */
  async take(): Promise<number> {
    const claimed = await this.#claim();
    for (const each of claimed) this.#begin(each);
    await this.#tell();
    return claimed.length;
  }

  /** Until there is room for a share of some endpoint's; at once when nothing is under way. */
  async room(): Promise<void> {
    if (this.#underWay.size > 0) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Until all that is due now has been tried. */
  async drain(): Promise<void> {
    while ((await this.take()) > 0 || this.#underWay.size > 0) await this.room();
  }

  get isIdle(): boolean {
    return this.#underWay.size === 0;
  }

  /** Waits for what is under way, not for ever; what is cut off is given back. */
  async end(graceMs = GRACE_MS): Promise<void> {
    const late = setTimeout(() => this.#cut.abort(), graceMs);
    await Promise.all(this.#underWay.keys());
    clearTimeout(late);
  }

  async #claim(): Promise<Claimed[]> {
    const { sql, now } = this.#vault;
    const most = MOST - this.#underWay.size;
    if (most <= 0) return [];
    return claimDeliveries(sql.as('worker'), {
      now: new Date(now()),
      busy: this.#busy(),
      held: this.#held(),
      share: SHARE,
      room: MOST_OF_TENANT,
      most,
      until: new Date(now() + LEASE_MS),
      lease: randomUUID(),
    });
  }

  #busy(): string[] {
    const ids = [...this.#underWay.values()].map(({ endpoint_id }) => endpoint_id);
    return [...new Set(ids)].filter((id) => this.#isBusy(id));
  }

  /** Has no room for a whole share. */
  #isBusy(endpoint: string): boolean {
    const own = [...this.#underWay.values()].filter(({ endpoint_id }) => endpoint_id === endpoint);
    return own.length > MOST_OF_ONE - SHARE;
  }

  #held(): Map<string, number> {
    const held = new Map<string, number>();
    for (const { tenant } of this.#underWay.values()) held.set(tenant, (held.get(tenant) ?? 0) + 1);
    return held;
  }

  #begin(claimed: Claimed): void {
    const work = deliver(this.#vault, claimed, this.#cut.signal).catch((error: unknown) => {
      // Its lease runs out, and somebody tries again.
      this.#vault.log.error(
        { role: 'worker', tenant: claimed.tenant, detail: detailOf(error) },
        'a delivery was not settled',
      );
    });
    const known = work.finally(() => {
      this.#underWay.delete(known);
      if (this.#isBusy(claimed.endpoint_id)) return;
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    });
    this.#underWay.set(known, claimed);
  }

  async #tell(): Promise<void> {
    const { sql, steady, now, metrics } = this.#vault;
    if (steady() - this.#toldAt < TELL_MS) return;
    this.#toldAt = steady();
    await tellQueue(sql.as('worker'), new Date(now()), metrics.webhooks);
  }
}

export type RunningDeliveries = { stop(): Promise<void> };

/** Delivers until it is stopped; what fails is tried again, and said once as it turns. */
export function startDeliveries(vault: Delivering): RunningDeliveries {
  const deliveries = new Deliveries(vault);
  const ending = new AbortController();
  const running = (async () => {
    let isWell = true;
    while (!ending.signal.aborted) {
      const taken = await deliveries.take().catch((error: unknown) => {
        if (isWell)
          vault.log.error({ role: 'worker', detail: detailOf(error) }, 'webhooks not looked for');
        isWell = false;
        return undefined;
      });
      if (taken !== undefined && !isWell) {
        vault.log.info({ role: 'worker' }, 'webhooks are looked for again');
        isWell = true;
      }
      await rest(deliveries, taken ?? 0, ending.signal);
    }
  })();
  return {
    async stop() {
      ending.abort();
      await running;
      await deliveries.end();
    },
  };
}

/** Goes on at once behind work, as soon as there is room for more; else looks again in half a second. */
async function rest(deliveries: Deliveries, taken: number, signal: AbortSignal): Promise<void> {
  const pause = sleep(IDLE_MS, undefined, { signal }).catch(() => {});
  if (taken === 0 && deliveries.isIdle) return pause;
  await Promise.race([deliveries.room(), pause]);
}
