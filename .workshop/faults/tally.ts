/** What clients saw: failures by their kind, how long each was without an answer, and when it had one again. */
export class Tally {
  readonly #kinds = new Map<string, number>();
  readonly #waiting = new Set<{ readonly after: number; readonly tell: (at: number) => void }>();
  #acknowledged = 0;
  #longestMs = 0;

  failed(kind: string): void {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
  }

  /** What was sent at a time is acknowledged; it had failed since another, if at all. */
  succeeded(sent: number, failedSince: number | undefined): void {
    this.#acknowledged += 1;
    const now = performance.now();
    if (failedSince !== undefined) this.outage(now - failedSince);
    for (const each of this.#waiting)
      if (sent >= each.after) {
        this.#waiting.delete(each);
        each.tell(now);
      }
  }

  /** For so long somebody had no answer; also who gave up. */
  outage(ms: number): void {
    this.#longestMs = Math.max(this.#longestMs, ms);
  }

  /** When the first is acknowledged of what is sent from now on. */
  next(): Promise<number> {
    const after = performance.now();
    return new Promise((tell) => this.#waiting.add({ after, tell }));
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get longestMs(): number {
    return this.#longestMs;
  }

  /** The commonest first. */
  get kinds(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#kinds].sort(([, a], [, b]) => b - a));
  }
}
