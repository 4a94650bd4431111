import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Frontier, HASH_BYTES } from '@hushfield/crypto/tlog';
import * as z from 'zod';
import { grown } from './grown.ts';
import { type LogTrust, trustedCheckpoint } from './log-name.ts';

/*
 * What a witness remembers of a log, off its database: each signed state, with the hashes of the entries
 * since the one before. The states alone would tell that something was altered; with the hashes it can be
 * told which entry was the first. One JSON object a line, only ever added to.
 */
const Line = z.strictObject({
  v: z.literal(1),
  /** How many entries came before those of this line. */
  from: z.int().min(0),
  note: z.string(),
  /** Their hashes, one after the other, in base64. */
  leaves: z.base64(),
});

export type WitnessedState = {
  readonly from: number;
  readonly note: string;
  readonly leaves: Uint8Array;
};

export function witnessLine({ from, note, leaves }: WitnessedState): string {
  return `${JSON.stringify({ v: 1, from, note, leaves: Buffer.from(leaves).toString('base64') })}\n`;
}

/** What a witness file says of a log, as far as it holds together. */
export type Witnessed = {
  readonly frontier: Frontier;
  /** The hash of every entry, one after the other; only where it was asked for. */
  readonly leaves: Uint8Array;
  readonly states: number;
  /** What is wrong with the file itself, in the order of its lines. */
  readonly faults: readonly string[];
  /** Lines that were cut off: a power cut leaves one, and the next line goes on from before it. */
  readonly torn: number;
};

/**
 * Reads a witness file from its start and believes nothing that does not follow: each line must be signed,
 * and its hashes must lead from the state before to the one that was signed. A line that was cut off, by a
 * power cut in the middle of it, is passed over, when the next one goes on from before it.
 *
 * @param keeps - whether the hashes are wanted: 32 bytes an entry.
 */
export async function readWitness(
  path: string,
  trust: LogTrust,
  keeps: boolean,
): Promise<Witnessed> {
  let frontier = new Frontier();
  const kept: Uint8Array[] = [];
  const faults: string[] = [];
  let [states, number, torn] = [0, 0, 0];
  for await (const text of createInterface({ input: createReadStream(path) })) {
    number += 1;
    if (text === '') continue;
    const line = lineOf(text);
    if (line === undefined) {
      torn += 1;
      continue;
    }
    const next = nextState(line, frontier, trust);
    if (typeof next === 'string') {
      faults.push(`line ${number} ${next}`);
      continue;
    }
    if (keeps) kept.push(next.fresh);
    frontier = next.frontier;
    states += 1;
  }
  return { frontier, leaves: Buffer.concat(kept), states, faults, torn };
}

type Next = { readonly frontier: Frontier; readonly fresh: Uint8Array };

/** The state after a line, or what is wrong with the line. */
function nextState(line: z.infer<typeof Line>, before: Frontier, trust: LogTrust): Next | string {
  const checkpoint = trustedCheckpoint(line.note, trust);
  if (checkpoint === undefined) return 'is not signed by a key of this log';
  const leaves = Buffer.from(line.leaves, 'base64');
  const end = line.from + leaves.length / HASH_BYTES;
  if (checkpoint.size !== end) return 'does not hold as many hashes as its state has entries';
  // Two processes that keep one file may both have written of the same state.
  if (end <= before.size) return { frontier: before, fresh: new Uint8Array(0) };
  if (line.from > before.size) return `goes on after ${line.from}, and ${before.size} are known`;
  const fresh = leaves.subarray((before.size - line.from) * HASH_BYTES);
  const frontier = grown(before, fresh);
  const agrees = Buffer.from(frontier.root).equals(checkpoint.root);
  return agrees ? { frontier, fresh } : 'has hashes that do not make the state that was signed';
}

function lineOf(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
