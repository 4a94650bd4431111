/** Of this process, and of one tenant in it. */
const MOST = 64;
const MOST_OF_ONE = 16;

/**
 * How many requests are being sent on, or wait for one that is. Each holds a whole body, a whole answer and a
 * connection for up to 25 seconds, or asks the database until there is an answer: without a cap, one tenant with a slow
 * gateway would have the memory, the sockets and the database of all others.
 */
export class InFlight {
  readonly #byTenant = new Map<string, number>();
  #all = 0;

  /** What gives the place back, to be called once; nothing where there is none. */
  enter(tenant: string): (() => void) | undefined {
    const own = this.#byTenant.get(tenant) ?? 0;
    if (this.#all >= MOST || own >= MOST_OF_ONE) return undefined;
    this.#all += 1;
    this.#byTenant.set(tenant, own + 1);
    return () => this.#leave(tenant);
  }

  #leave(tenant: string): void {
    const left = (this.#byTenant.get(tenant) ?? 1) - 1;
    this.#all -= 1;
    if (left > 0) this.#byTenant.set(tenant, left);
    else this.#byTenant.delete(tenant);
  }
}
