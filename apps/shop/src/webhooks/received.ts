/** What the shop keeps of an event of the vault: that it came, and what it concerns. */
export type ReceivedEvent = {
  readonly id: string;
  readonly type: string;
  readonly token: string | undefined;
  readonly receivedAt: string;
};

const LIMIT = 1_000;

/** Events whose signature held, newest last, the oldest dropped. */
export class ReceivedEvents {
  readonly #byId = new Map<string, ReceivedEvent>();

  /** An endpoint may be told twice; the second time is no news. */
  keep(event: ReceivedEvent): void {
    if (this.#byId.has(event.id)) return;
    this.#byId.set(event.id, event);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > LIMIT && oldest !== undefined) this.#byId.delete(oldest);
  }

  about(token: string): readonly ReceivedEvent[] {
    return [...this.#byId.values()].filter((event) => event.token === token);
  }
}
