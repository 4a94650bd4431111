import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Frontier } from '@hushfield/crypto/tlog';
import type { LogTrust } from './log-name.ts';
import { type Witnessed, type WitnessedState, WitnessReading } from './witness-reading.ts';

/*
 * What a witness remembers of a log, off its database: each signed state, with the hashes of the entries
 * since the one before. The states alone would tell that something was altered; with the hashes it can be
 * told which entry was the first. One JSON object a line, only ever added to: a later epoch, which cuts off
 * the end of what was known, is a line like any other, whose `from` lies before that end.
 */
const Line = z.strictObject({
  v: z.literal(1),
  /** How many entries came before those of this line. */
  from: z.int().min(0),
  note: z.string(),
  /** Their hashes, one after the other, in base64. */
  leaves: z.base64(),
});

export function witnessLine({ from, note, leaves }: WitnessedState): string {
  return `${JSON.stringify({ v: 1, from, note, leaves: Buffer.from(leaves).toString('base64') })}\n`;
}

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
  return (await read(path, trust, { keeps, marks: new Set() })).witnessed();
}

/** The first entries of those that a file knows; nothing where it knows fewer. */
export async function witnessedAt(
  path: string,
  trust: LogTrust,
  size: number,
): Promise<Frontier | undefined> {
  return (await read(path, trust, { keeps: false, marks: new Set([size]) })).at(size);
}

/**
 * An edge of the log cannot go back to what it was. Where an epoch does, the file is read once more, and the
 * edge is kept as it comes by: as often as the log was put back, and no sooner.
 */
async function read(
  path: string,
  trust: LogTrust,
  { keeps, marks }: { readonly keeps: boolean; readonly marks: Set<number> },
): Promise<WitnessReading> {
  for (;;) {
    const reading = new WitnessReading(trust, { keeps, marks });
    for await (const text of linesOf(path)) {
      if (text === '') reading.skip();
      else reading.take(lineOf(text));
      if (reading.wanted !== undefined) break;
    }
    if (reading.wanted === undefined) return reading;
    marks.add(reading.wanted);
  }
}

async function* linesOf(path: string): AsyncIterable<string> {
  const input = createReadStream(path);
  try {
    yield* createInterface({ input });
  } finally {
    input.destroy();
  }
}

function lineOf(text: string): WitnessedState | undefined {
  try {
    const { from, note, leaves } = Line.parse(JSON.parse(text));
    return { from, note, leaves: Buffer.from(leaves, 'base64') };
  } catch {
    return undefined;
  }
}
