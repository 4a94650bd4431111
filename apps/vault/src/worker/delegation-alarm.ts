import { type Clock, seconds } from '../clock.ts';
import type { Log } from '../app/log.ts';

const EARLY = 7 * 24 * 60 * 60;
const AGAIN_MS = 60 * 60 * 1000;

/** Says in the log, once an hour, that the root must speak again, or that nobody may sign manifests. */
export class DelegationAlarm {
  readonly #now: Clock;
  readonly #log: Log;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor({ now, log }: { readonly now: Clock; readonly log: Log }) {
    this.#now = now;
    this.#log = log;
  }

  /**
   * @param ends - of the delegation in use, in unix seconds; nothing when there is none.
   * @param isTaken - whether frames still take the newest list.
   */
  tell(ends: number | undefined, isTaken: boolean): void {
    const now = this.#now();
    if (ends !== undefined && ends - seconds(now) > EARLY) return;
    if (now - this.#toldAt < AGAIN_MS) return;
    this.#toldAt = now;
    this.#log.error({ role: 'worker' }, ends === undefined ? missing(isTaken) : ending(ends));
  }
}

function missing(isTaken: boolean): string {
  const frames = isTaken ? 'frames stop within a day' : 'frames take no list, and no card with it';
  return `no delegation of the root is in force for a manifest key of this store: no manifest is signed, and ${frames}; see hushfield root request --help`;
}

function ending(ends: number): string {
  const day = new Date(ends * 1000).toISOString().slice(0, 10);
  return `the delegation of the root ends on ${day}, and frames stop with it; see hushfield root request --help`;
}
