import { pause } from './pause.ts';

/** Whoever acts again and again. */
type Actor = { step(givenUp: () => boolean): Promise<void> };

/** Keeps clients at work until told; they finish what they have begun. */
export class Load {
  readonly #clients: readonly Actor[];
  readonly #restMs: number;
  #running: Promise<unknown> = Promise.resolve();
  #on = false;

  /** @param restMs - after each act, so that a small machine has time for something else. */
  constructor(clients: readonly Actor[], restMs: number) {
    this.#clients = clients;
    this.#restMs = restMs;
  }

  start(): void {
    this.#on = true;
    this.#running = Promise.all(this.#clients.map((client) => this.#drive(client)));
  }

  /** Resolves when nothing is on its way any more. */
  async stop(): Promise<void> {
    this.#on = false;
    await this.#running;
  }

  async #drive(client: Actor): Promise<void> {
    while (this.#on) {
      await client.step(() => !this.#on);
      await pause(this.#restMs);
    }
  }
}
