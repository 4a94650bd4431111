import { Frontier, HASH_BYTES } from '@hushfield/crypto/tlog';
import { grown } from './grown.ts';
import { type LogTrust, type SignedState, trustedCheckpoint } from './log-name.ts';

/** One line: a signed state, and the hashes that lead there. */
export type WitnessedState = {
  readonly from: number;
  readonly note: string;
  readonly leaves: Uint8Array;
};

/** A later epoch, as a witness entered it. */
export type EpochBegun = {
  readonly epoch: number;
  /** How many entries it took over from the one before. */
  readonly size: number;
  /** How many the witness knew until then. */
  readonly known: number;
};

/** What a witness file says of a log, as far as it holds together. */
export type Witnessed = {
  readonly frontier: Frontier;
  /** The epoch that its newest state is of. */
  readonly epoch: number;
  /** The hash of every entry, one after the other; only where it was asked for. */
  readonly leaves: Uint8Array;
  readonly states: number;
  /** Those after the first, in their order. */
  readonly epochs: readonly EpochBegun[];
  /** What is wrong with the file itself, in the order of its lines. */
  readonly faults: readonly string[];
  /** Lines that were cut off: a power cut leaves one, and the next line goes on from before it. */
  readonly torn: number;
};

type Options = {
  /** Whether the hashes are kept. */
  readonly keeps: boolean;
  /** The sizes at which the edge of the log is kept. */
  readonly marks: ReadonlySet<number>;
};

/** One walk through the lines of a witness file. */
export class WitnessReading {
  readonly #trust: LogTrust;
  readonly #options: Options;
  readonly #edges = new Map([[0, new Frontier()]]);
  readonly #epochs: EpochBegun[] = [];
  readonly #faults: string[] = [];
  #frontier = new Frontier();
  #epoch = 0;
  #kept: Uint8Array[] = [];
  #states = 0;
  #number = 0;
  #torn = 0;
  #wanted: number | undefined;

  constructor(trust: LogTrust, options: Options) {
    this.#trust = trust;
    this.#options = options;
  }

  /** A size whose edge was not kept and is needed: the file has to be read anew, with a mark there. */
  get wanted(): number | undefined {
    return this.#wanted;
  }

  /** The edge at a mark, of the entries that are known at the end. */
  at(size: number): Frontier | undefined {
    return this.#edges.get(size);
  }

  witnessed(): Witnessed {
    return {
      frontier: this.#frontier,
      epoch: this.#epoch,
      leaves: Buffer.concat(this.#kept),
      states: this.#states,
      epochs: this.#epochs,
      faults: this.#faults,
      torn: this.#torn,
    };
  }

  /** An empty line. */
  skip(): void {
    this.#number += 1;
  }

  /** The next line; nothing for one that was cut off. */
  take(line: WitnessedState | undefined): void {
    this.#number += 1;
    if (line === undefined) {
      this.#torn += 1;
      return;
    }
    const fault = this.#follow(line);
    if (fault !== undefined) this.#faults.push(`line ${this.#number} ${fault}`);
  }

  /** Goes on to the state of a line; what is wrong with the line, where it does not follow. */
  #follow({ from, note, leaves }: WitnessedState): string | undefined {
    const state = trustedCheckpoint(note, this.#trust);
    if (state === undefined) return 'is not signed by a key of this log';
    const end = from + leaves.length / HASH_BYTES;
    if (state.size !== end) return 'does not hold as many hashes as its state has entries';
    const known = this.#frontier.size;
    if (state.epoch > this.#epoch) return this.#enter(state, from, leaves);
    // Two processes that keep one file may both have written of the same state.
    if (end <= known) {
      this.#states += 1;
      return undefined;
    }
    if (state.epoch < this.#epoch) return 'is of an epoch that has ended';
    if (from > known) return `goes on after ${from}, and ${known} are known`;
    return this.#grow(state, this.#frontier, leaves.subarray((known - from) * HASH_BYTES));
  }

  /** A later epoch goes on from any place among what is known, and has to say so at its beginning. */
  #enter(state: SignedState, from: number, leaves: Uint8Array): string | undefined {
    const known = this.#frontier.size;
    if (state.after === undefined) return 'begins an epoch and does not say after what';
    if (from > known) return `goes on after ${from}, and ${known} are known`;
    const edge = from === known ? this.#frontier : this.#edges.get(from);
    if (edge === undefined) {
      // Whoever can write lines that lead nowhere gets no more than one reading for them.
      if (this.#faults.length > 0) return 'gives up entries, behind a line that is wrong';
      this.#wanted = from;
      return undefined;
    }
    const fault = this.#grow(state, edge, leaves);
    if (fault !== undefined) return fault;
    this.#epoch = state.epoch;
    this.#epochs.push({ epoch: state.epoch, size: state.size, known });
    return undefined;
  }

  #grow(state: SignedState, edge: Frontier, fresh: Uint8Array): string | undefined {
    const passed = [...this.#options.marks]
      .filter((mark) => edge.size < mark && mark <= state.size)
      .map((mark) => grown(edge, fresh.subarray(0, (mark - edge.size) * HASH_BYTES)));
    const frontier = grown(edge, fresh);
    if (!Buffer.from(frontier.root).equals(state.root))
      return 'has hashes that do not make the state that was signed';
    this.#forget(edge.size);
    for (const each of passed) this.#edges.set(each.size, each);
    if (this.#options.keeps) this.#kept.push(fresh);
    this.#frontier = frontier;
    this.#states += 1;
    return undefined;
  }

  /** What was known from a size on; nothing, but where an epoch gives it up. */
  #forget(size: number): void {
    if (size === this.#frontier.size) return;
    for (const mark of this.#edges.keys()) if (mark > size) this.#edges.delete(mark);
    this.#kept = [Buffer.concat(this.#kept).subarray(0, size * HASH_BYTES)];
  }
}
