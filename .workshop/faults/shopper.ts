import type { Place } from '../../e2e/bench/workers/sealed.ts';
import { sealTicketful } from './frame.ts';
import type { Making } from './ledger.ts';
import { pause } from './pause.ts';

const TRY_MS = 300;

/** Seals cards as a frame does: one ticket for twenty. */
export class Shopper {
  readonly #place: () => Place;
  #ready: Making[] = [];

  /** @param place - asked anew for every ticket: nodes come and go. */
  constructor(place: () => Place) {
    this.#place = place;
  }

  /** The next sealed card; waits while no frame can be loaded. Nothing when `givenUp` says so. */
  async next(givenUp: () => boolean): Promise<Making | undefined> {
    for (;;) {
      const making = this.#ready.pop();
      if (making !== undefined && making.until > performance.now()) return making;
      if (givenUp()) return undefined;
      this.#ready = await sealTicketful(this.#place()).catch(() => []);
      if (this.#ready.length === 0) await pause(TRY_MS);
    }
  }

  /** Throws away what is sealed under the ticket at hand, as a page that is loaded anew. */
  reload(): void {
    this.#ready = [];
  }
}
