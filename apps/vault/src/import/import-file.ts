import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { newId } from '@hushfield/crypto/token-id';
import { StartError } from '../config.ts';
import type { Vault } from '../vault.ts';
import { type CardLine, readCardLine } from './card-line.ts';
import { importBatch } from './import-batch.ts';
import { linesOf } from './lines.ts';

/** One transaction: short enough that nothing waits for it. */
const BATCH = 200;
const SAID_EVERY = 10_000;

/** The lines to import, from their beginning each time: they are judged first, then stored. */
export type Source = () => AsyncIterable<Uint8Array>;
/** What is wrong in a line; never a piece of it. */
export type Wrong = { readonly line: number; readonly wrong: string };
export type Checked = { readonly cards: number; readonly wrong: readonly Wrong[] };

type Read = { readonly line: number; readonly card: CardLine };
type Progress = (line: string) => void;

/** Judges every line, and stores nothing. */
export async function checkLines(
  vault: Pick<Vault, 'mode' | 'now'>,
  source: Source,
  progress: Progress,
): Promise<Checked> {
  const wrong: Wrong[] = [];
  let cards = 0;
  for await (const read of readAll(vault, source)) {
    if ('wrong' in read) wrong.push(read);
    else cards += 1;
    if ((cards + wrong.length) % SAID_EVERY === 0) progress(`${cards + wrong.length} lines read`);
  }
  return { cards, wrong };
}

/**
 * Stores every good line of a source, and writes `{reference, token}` for each into a file, those of an
 * earlier run too.
 *
 * @returns every line that has no token: judged anew, since the file and the month may have changed since the
 *   check; and those whose reference was imported before with another card.
 */
export async function importLines(
  vault: Vault,
  tenant: string,
  { source, out, cards }: { readonly source: Source; readonly out: string; readonly cards: number },
  progress: Progress,
): Promise<{ readonly imported: number; readonly wrong: readonly Wrong[] }> {
  const file = opened(out);
  const requestId = newId('imp');
  const wrong: Wrong[] = [];
  let imported = 0;
  const store = async (batch: readonly Read[]) => {
    const by = {
      tenant,
      mode: vault.mode,
      actor: 'operator',
      requestId,
      now: new Date(vault.now()),
    };
    const outcomes = await importBatch(
      vault,
      by,
      batch.map(({ card }) => card),
    );
    const stored = outcomes.filter(({ token }) => token !== undefined);
    writeSync(file, stored.map((each) => `${JSON.stringify(each)}\n`).join(''));
    for (const [at, { token }] of outcomes.entries())
      if (token === undefined) wrong.push({ line: batch[at]?.line ?? 0, wrong: TAKEN });
    imported += stored.length;
    progress(`${imported} of ${cards} cards`);
  };
  try {
    const batch: Read[] = [];
    for await (const read of readAll(vault, source)) {
      if ('wrong' in read) {
        wrong.push(read);
        continue;
      }
      batch.push(read);
      if (batch.length === BATCH) await store(batch.splice(0));
    }
    if (batch.length > 0) await store(batch);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return { imported, wrong: wrong.toSorted((one, other) => one.line - other.line) };
}

const TAKEN = 'reference was imported before, with another card';

async function* readAll(
  { mode, now }: Pick<Vault, 'mode' | 'now'>,
  source: Source,
): AsyncGenerator<Read | Wrong> {
  const seen = new Map<string, number>();
  for await (const { number: line, bytes } of linesOf(source())) {
    const { card, wrong } = readCardLine(bytes, mode, now());
    bytes?.fill(0);
    if (card === undefined) {
      yield { line, wrong };
      continue;
    }
    const first = seen.get(card.reference);
    if (first === undefined) seen.set(card.reference, line);
    yield first === undefined
      ? { line, card }
      : { line, wrong: `reference is that of line ${first}` };
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch {
    throw new StartError(`${path} cannot be written.`);
  }
}
