import { type Allowance, Leases, type Means, type Refusal } from './leases.ts';
import type { Rate } from './rate.ts';

/** A limit per subject and fixed window that holds over all nodes; see Leases. */
export class LeasedLimit {
  readonly #rate: Rate;
  readonly #leases: Leases;

  /** @param limit its name, which keeps its counters apart from those of other limits. */
  constructor(limit: string, rate: Rate, means: Means) {
    this.#rate = rate;
    this.#leases = new Leases(limit, means);
  }

  /** Takes one unit, or says why there is none. A refused take is not counted. */
  take(...whom: readonly string[]): Promise<Refusal | undefined> {
    return this.#leases.take((now) => this.#windowAt(now), whom);
  }

  #windowAt(now: number): Allowance {
    const { limit, windowMs } = this.#rate;
    const window = Math.floor(now / windowMs);
    return { limit, window, endsAt: (window + 1) * windowMs };
  }
}
