import { Frontier, HASH_BYTES, type NewNode } from '@hushfield/crypto/tlog';
import { hashOf } from './leaf-text.ts';
import { type LogTrust, trustedCheckpoint } from './log-name.ts';
import type { LogSource, Place } from './log-source.ts';

/** The first thing that is wrong with a log. */
export type Finding = {
  /** The sequence number of the first entry that cannot be believed. */
  readonly index: number;
  /** Known only to lie before this one, where no witness says more; equal to `index` elsewhere. */
  readonly before: number;
  readonly says: string;
};

export type Verdict = {
  /** Entries that are as they were written, and in their order. */
  readonly good: number;
  /** Signed states of the log that these entries make. */
  readonly states: number;
  /** How many entries the newest of them covers: what comes after is not signed yet. */
  readonly covered: number;
  readonly finding: Finding | undefined;
};

type Against = {
  readonly trust: LogTrust;
  /** Hashes of all entries that a witness knows, one after the other. */
  readonly witnessed: Uint8Array;
};

/**
 * Reads a log from its first entry and makes its tree anew, from nothing but the entries. Each hash is held
 * against the witness, which knows it from when the entry was written, and against what is stored beside
 * the entry; each signed state against the tree. Ends at the first thing that is wrong.
 *
 * Without a witness, whoever can write the database can change an entry and all hashes after it; then the
 * next signed state tells, and the first wrong entry is only known to lie between two of them.
 */
export async function verifyLog(source: LogSource, against: Against): Promise<Verdict> {
  const walk = new Walk(source, against);
  for await (const page of source.places()) {
    await walk.take(page);
    if (walk.finding !== undefined) return walk.verdict();
  }
  await walk.end();
  return walk.verdict();
}

class Walk {
  readonly #source: LogSource;
  readonly #against: Against;
  readonly #notes: AsyncIterator<{ readonly size: number; readonly note: string }>;
  #next: { readonly size: number; readonly note: string } | undefined;
  #tree = new Frontier();
  /** Not held against what is stored yet. */
  readonly #made: NewNode[] = [];
  #states = 0;
  #covered = 0;
  #begun = false;
  finding: Finding | undefined;

  constructor(source: LogSource, against: Against) {
    this.#source = source;
    this.#against = against;
    this.#notes = source.notes()[Symbol.asyncIterator]();
  }

  verdict(): Verdict {
    const good = Math.min(this.finding?.index ?? this.#tree.size, this.#tree.size);
    return { good, states: this.#states, covered: this.#covered, finding: this.finding };
  }

  async take(page: readonly Place[]): Promise<void> {
    if (!this.#begun) await this.#advance();
    this.#begun = true;
    for (const place of page) {
      const hash = this.#judge(place);
      if (hash === undefined) break;
      this.#made.push(...this.#tree.append(hash));
      while (this.#next?.size === this.#tree.size) await this.#holdAgainstState(this.#next);
      if (this.finding !== undefined) return;
    }
    await this.#holdAgainstNodes();
  }

  /** What is stored of the tree is no proof of anything, but an entry that it does not fit was changed after. */
  async #holdAgainstNodes(): Promise<void> {
    const wrong = await this.#source.wrongNode?.(this.#made.splice(0));
    if (wrong !== undefined)
      this.#find(wrong.index * 2 ** wrong.level, 'a hash that is stored over it is another');
  }

  async end(): Promise<void> {
    const { size } = this.#tree;
    const known = this.#against.witnessed.length / HASH_BYTES;
    if (size < known) return this.#find(size, `it is missing: the witness knows of ${known}`);
    if (size !== this.#source.size)
      return this.#find(size, `it is missing: there should be ${this.#source.size}`);
    // A state that is never reached is of a longer log.
    if (!this.#begun) await this.#advance();
    if (this.#next !== undefined)
      this.#find(size, `it is missing: a state of ${this.#next.size} was signed`);
  }

  /** The hash that the entry makes, when it is the one that it should be. */
  #judge({ index, entry, listed }: Place): Uint8Array | undefined {
    const due = this.#tree.size;
    if (index !== due) return this.#find(due, 'its place is missing');
    if (entry === undefined) return this.#find(due, 'the entry is gone');
    const hash = hashOf(entry);
    const known = this.#witnessed(due);
    if (known !== undefined && !same(known, hash))
      return this.#find(due, 'it is not the entry that the witness knows');
    if (listed !== undefined && listed !== entry.resource)
      return this.#find(due, 'it is listed under another resource');
    return hash;
  }

  #witnessed(index: number): Uint8Array | undefined {
    const begin = index * HASH_BYTES;
    const { witnessed } = this.#against;
    return begin < witnessed.length ? witnessed.subarray(begin, begin + HASH_BYTES) : undefined;
  }

  async #holdAgainstState({ size, note }: { readonly size: number; readonly note: string }) {
    // The one that names an entry comes before the one that names a span.
    await this.#holdAgainstNodes();
    const state = trustedCheckpoint(note, this.#against.trust);
    const since = Math.min(this.#covered, size - 1);
    if (state?.size !== size)
      this.#find(
        since,
        `the state of ${size} entries is not signed by a key of this log that is known here`,
        size - 1,
      );
    else if (!same(state.root, this.#tree.root))
      this.#find(since, `the entries are not those that were signed as ${size}`, size - 1);
    else [this.#states, this.#covered] = [this.#states + 1, size];
    await this.#advance();
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#notes.next();
    this.#next = done ? undefined : value;
  }

  #find(index: number, says: string, before = index): undefined {
    if (this.finding === undefined || index < this.finding.index)
      this.finding = { index, before, says };
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(other);
}
