import { closeSync, fsyncSync, mkdirSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { Frontier } from '@hushfield/crypto/tlog';
import type { Sql } from '../db/sql.ts';
import { checkpointsFrom, latestCheckpoint, type StoredCheckpoint } from './checkpoint-store.ts';
import { grown } from './grown.ts';
import { LogChanged } from './log-changed.ts';
import { type LogTrust, trustedCheckpoint } from './log-name.ts';
import { leavesOf } from './tree-store.ts';
import { readWitness, witnessLine } from './witness-file.ts';

const AT_ONCE = 50;
const LINE_FEED = 0x0a;

/**
 * Follows the log from a file of its own, on a node's own disk. Every worker keeps one, whoever's turn it
 * is to sign: whoever holds the database can then change the past on no disk but the database's.
 */
export class Witness {
  readonly #path: string;
  #frontier = new Frontier();
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

  /**
   * Takes over what was signed since.
   *
   * @throws LogChanged when file and database contradict each other.
   */
  async follow(sql: Sql, trust: LogTrust): Promise<void> {
    await this.#load(trust);
    // At the very first look: later, the file is new because the log is.
    if (!this.#hasLooked && this.#bytes < 0)
      this.#isNew = (await latestCheckpoint(sql)) !== undefined;
    this.#hasLooked = true;
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
    const size = found;
    const { frontier, faults } = await readWitness(this.#path, trust, false);
    if (faults.length > 0) throw new LogChanged(`the witness file was changed: ${faults[0]}`);
    if (frontier.size < this.size) throw new LogChanged('the witness file has become shorter');
    this.#frontier = frontier;
    this.#bytes = size;
    this.#endsWhole = size === 0 || lastByte(this.#path, size) === LINE_FEED;
  }

  async #takeOver(sql: Sql, trust: LogTrust): Promise<void> {
    await this.#requireKnown(sql, trust);
    for (;;) {
      const fresh = await checkpointsFrom(sql, this.size + 1, AT_ONCE);
      for (const each of fresh) await this.#take(sql, trust, each);
      if (fresh.length < AT_ONCE) return;
    }
  }

  /** The database must still have the newest state that the file has, root and all. */
  async #requireKnown(sql: Sql, trust: LogTrust): Promise<void> {
    if (this.size === 0) return;
    const latest = await latestCheckpoint(sql);
    if (latest === undefined || latest.size < this.size)
      throw new LogChanged(
        `the database has a log of ${latest?.size ?? 0} entries, and the witness knows of ${this.size}`,
      );
    const [same] = await checkpointsFrom(sql, this.size, 1);
    const stated = same === undefined ? undefined : trustedCheckpoint(same.note, trust);
    if (stated?.size !== this.size || !Buffer.from(stated.root).equals(this.#frontier.root))
      throw new LogChanged(
        `the database has another state of ${this.size} entries than the witness`,
      );
  }

  async #take(sql: Sql, trust: LogTrust, { size, note }: StoredCheckpoint): Promise<void> {
    const checkpoint = trustedCheckpoint(note, trust);
    if (checkpoint?.size !== size)
      throw new LogChanged(`the state of ${size} entries is not signed by a key of this log`);
    const leaves = await leavesOf(sql, this.size, size);
    const frontier = grown(this.#frontier, leaves);
    if (!Buffer.from(frontier.root).equals(checkpoint.root))
      throw new LogChanged(
        `the entries from ${this.size} on do not lead to the signed state of ${size}`,
      );
    this.#append(witnessLine({ from: this.size, note, leaves }));
    this.#frontier = frontier;
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
