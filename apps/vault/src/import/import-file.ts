import type { TextPolicy } from '@hushfield/contract/boot';
import { newId } from '@hushfield/crypto/token-id';
import { StartError } from '../config.ts';
import { textPoliciesOf } from '../tokens/text-policies.ts';
import type { Vault } from '../vault.ts';
import { importBatch, type Outcome } from './import-batch.ts';
import { type ImportLine, readImportLine } from './import-line.ts';
import { linesOf } from './lines.ts';
import { TokenFile } from './token-file.ts';

/** One transaction: short enough that nothing waits for it. */
const BATCH = 200;
const SAID_EVERY = 10_000;

/** The lines to import, from their beginning each time: they are judged first, then stored. */
export type Source = () => AsyncIterable<Uint8Array>;
/** What is wrong in a line; never a piece of it. */
export type Wrong = { readonly line: number; readonly wrong: string };
export type Checked = { readonly good: number; readonly wrong: readonly Wrong[] };

type Read = { readonly line: number; readonly given: ImportLine };
type Progress = (line: string) => void;
type Judges = Pick<Vault, 'mode' | 'now' | 'sql'>;

/** Judges every line, and stores nothing. */
export async function checkLines(
  vault: Judges,
  tenant: string,
  source: Source,
  progress: Progress,
): Promise<Checked> {
  const wrong: Wrong[] = [];
  let good = 0;
  for await (const read of readAll(vault, source, await policiesOf(vault, tenant))) {
    if ('wrong' in read) wrong.push(read);
    else good += 1;
    if ((good + wrong.length) % SAID_EVERY === 0) progress(`${good + wrong.length} lines read`);
  }
  return { good, wrong };
}

/**
 * Stores every good line of a source, and writes `{reference, token}` for each into a file, those of an
 * earlier run too.
 *
 * @param judged - what the check found.
 * @returns every line that gets no token here: judged anew, since the month or a rule may have changed since the
 *   check, and so also where an earlier run gave it one; and those whose reference was imported before with
 *   something else.
 * @throws StartError when it finds another number of lines: who believes that all have a token would
 *   destroy what has none.
 */
export async function importLines(
  vault: Vault,
  tenant: string,
  {
    source,
    out,
    judged,
  }: { readonly source: Source; readonly out: string; readonly judged: Checked },
  progress: Progress,
): Promise<{ readonly imported: number; readonly wrong: readonly Wrong[] }> {
  const file = new TokenFile(out);
  try {
    const done = await storeAll(vault, tenant, source, (stored, soFar) => {
      file.write(stored.map((each) => `${JSON.stringify(each)}\n`).join(''));
      progress(`${soFar} of ${judged.good} lines`);
    });
    file.finish();
    const lines = judged.good + judged.wrong.length;
    const found = done.imported + done.wrong.length;
    if (found === lines) return done;
    throw new StartError(
      `The lines changed while they were read: ${lines} were judged, ${found} were there afterwards. ${done.imported} have a token, and ${out} names them; run it again.`,
    );
  } finally {
    file.close();
  }
}

async function storeAll(
  vault: Vault,
  tenant: string,
  source: Source,
  tell: (stored: readonly Outcome[], soFar: number) => void,
): Promise<{ readonly imported: number; readonly wrong: readonly Wrong[] }> {
  const { mode } = vault;
  const by = { tenant, mode, actor: 'operator', requestId: newId('imp'), address: null };
  const wrong: Wrong[] = [];
  let imported = 0;
  const policies = await policiesOf(vault, tenant);
  for await (const batch of batchesOf(readAll(vault, source, policies), wrong)) {
    const lines = batch.map(({ given }) => given);
    const at = new Date(vault.now());
    const outcomes = await importBatch(vault, { ...by, now: at }, { lines, policies });
    const stored = outcomes.filter(({ token }) => token !== undefined);
    for (const [at, { token }] of outcomes.entries())
      if (token === undefined) wrong.push({ line: batch[at]?.line ?? 0, wrong: TAKEN });
    imported += stored.length;
    tell(stored, imported);
  }
  return { imported, wrong: wrong.toSorted((one, other) => one.line - other.line) };
}

/** The good lines, in portions of a transaction each; the others go to the wrong ones. */
async function* batchesOf(
  lines: AsyncIterable<Read | Wrong>,
  wrong: Wrong[],
): AsyncGenerator<readonly Read[]> {
  const batch: Read[] = [];
  for await (const read of lines) {
    if ('wrong' in read) {
      wrong.push(read);
      continue;
    }
    batch.push(read);
    if (batch.length === BATCH) yield batch.splice(0);
  }
  if (batch.length > 0) yield batch;
}

const policiesOf = ({ sql }: Judges, tenant: string): Promise<TextPolicy[]> =>
  textPoliciesOf(sql.as('api', tenant), tenant);

const TAKEN = 'reference was imported before, with something else';

async function* readAll(
  { mode, now }: Judges,
  source: Source,
  policies: readonly TextPolicy[],
): AsyncGenerator<Read | Wrong> {
  const seen = new Map<string, number>();
  for await (const { number: line, bytes } of linesOf(source())) {
    const { given, wrong } = readImportLine(bytes, { mode, now: now(), policies });
    bytes?.fill(0);
    if (given === undefined) {
      yield { line, wrong };
      continue;
    }
    const first = seen.get(given.reference);
    if (first === undefined) seen.set(given.reference, line);
    yield first === undefined
      ? { line, given }
      : { line, wrong: `reference is that of line ${first}` };
  }
}
