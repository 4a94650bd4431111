import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { leafText, type LoggedEntry } from './leaf-text.ts';
import type { LogSource, Place } from './log-source.ts';

/*
 * A log in a file, to be kept and verified where no database is. One JSON value a line: what it is, then
 * each entry as the array that its hash is made of, and each signed state.
 */
const PAGE = 2_000;
const KIND = 'hushfield-audit-log';
const Head = z.strictObject({ kind: z.literal(KIND), v: z.literal(1), size: z.int().min(0) });
const Note = z.strictObject({ size: z.int().min(1), note: z.string() });
const [Text, MaybeText] = [z.string(), z.string().nullable()];
const Leaf = z.tuple([
  z.literal(1),
  Text,
  Text,
  Text,
  Text,
  Text,
  Text,
  Text,
  MaybeText,
  MaybeText,
]);

/** Writes a log to a file that was not there; says how many entries it has: fewer than places, where some are gone. */
export async function writeLog(path: string, log: LogSource): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    await append(file, [{ kind: KIND, v: 1, size: log.size }]);
    let count = 0;
    for await (const places of log.places()) {
      const entries = places.flatMap(({ entry }) => (entry === undefined ? [] : [leafText(entry)]));
      // Two signs that JSON leaves as they are, and some readers take for the end of a line.
      const text = entries.map((each) => `${each}\n`).join('');
      await file.appendFile(text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'));
      count += entries.length;
    }
    for await (const { size, note } of log.notes()) await append(file, [{ size, note }]);
    await file.sync();
    return count;
  } finally {
    await file.close();
  }
}

async function append(file: FileHandle, values: readonly unknown[]): Promise<void> {
  await file.appendFile(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

/** Reads such a file as a log. Nothing of it is believed before it is verified; a line that is none is a gap. */
export async function exportedLog(path: string): Promise<LogSource> {
  let [size, signed] = [0, 0];
  for await (const line of linesOf(path)) {
    size = Head.safeParse(jsonOf(line)).data?.size ?? 0;
    break;
  }
  for await (const note of notesOf(path)) signed = Math.max(signed, note.size);
  return {
    ...{ size, signed },
    notes: () => notesOf(path),
    async *places() {
      const page: Place[] = [];
      let index = 0;
      for await (const line of linesOf(path)) {
        if (line.startsWith('{')) continue;
        page.push({ index, entry: entryOf(line), listed: undefined });
        index += 1;
        if (page.length === PAGE) yield page.splice(0);
      }
      yield page;
    },
  };
}

async function* notesOf(path: string): AsyncIterable<z.infer<typeof Note>> {
  for await (const line of linesOf(path)) {
    const note = line.startsWith('{') ? Note.safeParse(jsonOf(line)).data : undefined;
    if (note !== undefined) yield note;
  }
}

function linesOf(path: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(path) });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function entryOf(line: string): LoggedEntry | undefined {
  const leaf = Leaf.safeParse(jsonOf(line)).data;
  if (leaf === undefined) return undefined;
  const [, tenant, entryId, at, actor, action, resource, outcome, origin, requestId] = leaf;
  const entry = { tenant, entryId, at, actor, action, resource, outcome, origin, requestId };
  return entry;
}
