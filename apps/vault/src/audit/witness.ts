import { closeSync, fsyncSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Frontier } from '@hushfield/crypto/tlog';
import type { Sql } from '../db/sql.ts';
import { checkpointsFrom, latestCheckpoint } from './checkpoint-store.ts';
import { grown } from './grown.ts';
import { LogChanged } from './log-changed.ts';
import { logHead } from './log-head.ts';
import { type LogTrust, originOf, type SignedState, trustedCheckpoint } from './log-name.ts';
import { leavesOf } from './tree-store.ts';
import { readWitness, witnessedAt, witnessLine } from './witness-file.ts';
import type { EpochBegun } from './witness-reading.ts';

const AT_ONCE = 50;
const LINE_FEED = 0x0a;

/**
 * Follows the log from a file of its own, on a node's own disk. Every worker keeps one, whoever's turn it
 * is to sign: whoever holds the database can then change the past on no disk but the database's.
 */
export class Witness {
  readonly #path: string;
  #frontier = new Frontier();
  #epoch = 0;
  #entered: EpochBegun | undefined;
  /** What the file knew at an earlier size. Kept: while it contradicts, it is asked for at every look. */
  #earlier: Frontier | undefined;
  /** Bytes that the file had when we last read or wrote it. */
  #bytes = -1;
  #endsWhole = true;
  #hasLooked = false;
  #isNew = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** That there was a log and no file when this process began: of the past it says what the database told it. */
  get isNew(): boolean {
    return this.#isNew;
  }

  get size(): number {
    return this.#frontier.size;
  }

  /** The log as far as the file knows it. */
  get frontier(): Frontier {
    return this.#frontier;
  }

  /** The epoch of the log that the file is in. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The one that was entered last while this process ran, which gave something up or may have. */
  get entered(): EpochBegun | undefined {
    return this.#entered;
  }

  /**
   * Takes over what was signed since.
   *
   * @throws LogChanged when file and database contradict each other.
   */
  async follow(sql: Sql, trust: LogTrust): Promise<void> {
    await this.#load(trust);
    const { epoch } = await logHead(sql);
    // At the very first look: later, the file is new because the log is.
    if (!this.#hasLooked && this.#bytes < 0)
      this.#isNew = (await latestCheckpoint(sql, epoch)) !== undefined;
    this.#hasLooked = true;
    if (epoch < this.#epoch)
      throw new LogChanged(
        `the database is back in ${originOf(trust.name, epoch)}, which has ended for the witness`,
      );
    if (epoch > this.#epoch) await this.#enter(sql, trust, epoch);
    await this.#takeOver(sql, trust);
  }

  /** Anew when somebody else has written to it, as two processes with one folder do. */
  async #load(trust: LogTrust): Promise<void> {
    const found = sizeOf(this.#path);
    if (found === undefined) {
      if (this.#bytes > 0) throw new LogChanged('the witness file is gone');
      return;
    }
    if (found === this.#bytes) return;
    const { frontier, epoch, epochs, faults } = await readWitness(this.#path, trust, false);
    if (faults.length > 0) throw new LogChanged(`the witness file was changed: ${faults[0]}`);
    const isLater = epoch > this.#epoch;
    if (epoch < this.#epoch || (!isLater && frontier.size < this.size))
      throw new LogChanged('the witness file has become shorter');
    if (isLater && this.size > 0) this.#entered = epochs.at(-1);
    [this.#frontier, this.#epoch, this.#bytes] = [frontier, epoch, found];
    this.#earlier = undefined;
    this.#endsWhole = found === 0 || lastByte(this.#path, found) === LINE_FEED;
  }

  /**
   * Goes on in a later epoch, which an operator has begun: its first state says so, signed, and has the
   * entries that are known here, as far as it has any. It may end sooner, and nothing else.
   */
  async #enter(sql: Sql, trust: LogTrust, epoch: number): Promise<void> {
    const [first] = await checkpointsFrom(sql, epoch, 0, 1);
    const state = first === undefined ? undefined : trustedCheckpoint(first.note, trust);
    if (first === undefined || state?.after === undefined || !isOf(state, epoch, first.size))
      throw new LogChanged(
        `the database is said to be in ${originOf(trust.name, epoch)}, which no key of this log has begun`,
      );
    const known = this.size;
    await this.#write(sql, await this.#edgeAt(state.size, trust), state, first.note);
    this.#epoch = epoch;
    if (known > 0) this.#entered = { epoch, size: state.size, known };
  }

  /** What is known, without what comes after a size. */
  async #edgeAt(size: number, trust: LogTrust): Promise<Frontier> {
    if (size >= this.size) return this.#frontier;
    if (this.#earlier?.size !== size) this.#earlier = await witnessedAt(this.#path, trust, size);
    if (this.#earlier === undefined) throw new LogChanged('the witness file has become shorter');
    return this.#earlier;
  }

  async #takeOver(sql: Sql, trust: LogTrust): Promise<void> {
    await this.#requireKnown(sql, trust);
    for (;;) {
      const fresh = await checkpointsFrom(sql, this.#epoch, this.size + 1, AT_ONCE);
      for (const { size, note } of fresh) {
        const state = trustedCheckpoint(note, trust);
        if (state === undefined || !isOf(state, this.#epoch, size))
          throw new LogChanged(`the state of ${size} entries is not signed by a key of this log`);
        await this.#write(sql, this.#frontier, state, note);
      }
      if (fresh.length < AT_ONCE) return;
    }
  }

  /** The database must still have the newest state that the file has, root and all. */
  async #requireKnown(sql: Sql, trust: LogTrust): Promise<void> {
    if (this.size === 0) return;
    const latest = await latestCheckpoint(sql, this.#epoch);
    if (latest === undefined || latest.size < this.size)
      throw new LogChanged(
        `the database has a log of ${latest?.size ?? 0} entries, and the witness knows of ${this.size}`,
      );
    const [same] = await checkpointsFrom(sql, this.#epoch, this.size, 1);
    const stated = same === undefined ? undefined : trustedCheckpoint(same.note, trust);
    if (
      stated === undefined ||
      !isOf(stated, this.#epoch, this.size) ||
      !Buffer.from(stated.root).equals(this.#frontier.root)
    )
      throw new LogChanged(
        `the database has another state of ${this.size} entries than the witness`,
      );
  }

  /** Adds a state, grown entry by entry from an edge that the file has itself. */
  async #write(sql: Sql, edge: Frontier, state: SignedState, note: string): Promise<void> {
    const leaves = await leavesOf(sql, edge.size, state.size);
    const frontier = grown(edge, leaves);
    if (!Buffer.from(frontier.root).equals(state.root))
      throw new LogChanged(
        `what the witness knows of ${edge.size} entries does not lead to the signed state of ${state.size}`,
      );
    this.#append(witnessLine({ from: edge.size, note, leaves }));
    this.#frontier = frontier;
    this.#earlier = undefined;
  }

  #append(line: string): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const file = openSync(this.#path, 'a', 0o600);
    try {
      // Behind a line that a power cut has cut off, on a line of its own.
      const bytes = Buffer.from(this.#endsWhole ? line : `\n${line}`);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.#endsWhole = true;
    this.#bytes = statSync(this.#path).size;
  }
}

function isOf(state: SignedState, epoch: number, size: number): boolean {
  return state.epoch === epoch && state.size === size;
}

function lastByte(path: string, size: number): number | undefined {
  const file = openSync(path, 'r');
  try {
    const byte = new Uint8Array(1);
    readSync(file, byte, 0, 1, size - 1);
    return byte[0];
  } finally {
    closeSync(file);
  }
}

/** Nothing when there is no file; a volume that is away is an error of its own. */
function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
