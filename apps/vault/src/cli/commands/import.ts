import { accessSync, constants, createReadStream } from 'node:fs';
import * as z from 'zod';
import { StartError } from '../../config.ts';
import { checkLines, importLines, type Source, type Wrong } from '../../import/import-file.ts';
import { type Answer, type Command, type Input, UsageError } from '../command.ts';
import { requireTenant } from '../require-tenant.ts';
import { withVault } from '../with-vault.ts';
import { TenantId } from './key-wish.ts';

const SHOWN = 20;
const Asked = z.strictObject({
  tenant: TenantId,
  file: z.string().min(1).optional(),
  out: z.string().min(1),
  'skip-invalid': z.boolean().default(false),
});

export const importCommand: Command = {
  name: 'import',
  summary: 'take in cards that a tenant holds already, from a file',
  about: `One JSON object a line:

  {"number":"…","expMonth":12,"expYear":2030,"reference":"c-1","name":"…","customer":"…","metadata":{}}

name, customer and metadata may be left out; a security code is not taken. Every line is judged first,
and nothing is stored while one is wrong, unless --skip-invalid. What is said of a wrong line is its
number and which member, never what stands in it. The tokens are kept until they are deleted.

reference is your own name for the card. For 30 days a second run knows it again: cut off, or run twice, it
imports each reference once, and writes the whole of --out anew. The file with the cards is yours to
destroy; whoever holds it is in PCI scope. From standard input the lines are held in memory.`,
  example: 'hushfield import --tenant ten_… --file cards.ndjson --out tokens.ndjson',
  options: {
    tenant: { type: 'string', value: 'id', says: 'whose cards' },
    file: { type: 'string', value: 'file', says: 'the lines; standard input without' },
    out: { type: 'string', value: 'file', says: 'where {"reference","token"} lines go' },
    'skip-invalid': { type: 'boolean', says: 'import the others; ends with 1 all the same' },
  },
  run: (desk, given) =>
    withVault(desk, async (vault) => {
      const { tenant, file, out, 'skip-invalid': skips } = Asked.parse(given);
      await requireTenant(vault.sql.as('admin'), tenant);
      const held = file === undefined ? await readAll(desk.input) : [];
      const source = file === undefined ? heldSource(held) : fileSource(file);
      try {
        const { cards, wrong } = await checkLines(vault, source, desk.progress);
        if (wrong.length > 0 && !skips) return answerOf(0, wrong);
        const done = await importLines(vault, tenant, { source, out, cards }, desk.progress);
        return answerOf(done.imported, done.wrong);
      } finally {
        for (const chunk of held) chunk.fill(0);
      }
    }),
};

function answerOf(imported: number, wrong: readonly Wrong[]): Answer {
  const lines = wrong.slice(0, SHOWN).map((each) => `line ${each.line}: ${each.wrong}`);
  const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} lines more`] : [];
  const summary = `${imported} cards have a token${wrong.length > 0 ? `; ${wrong.length} lines are wrong` : ''}.`;
  return {
    text: [...lines, ...more, summary].join('\n'),
    data: { imported, wrong },
    exitCode: wrong.length === 0 ? 0 : 1,
  };
}

function fileSource(path: string): Source {
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new StartError(`${path} cannot be read.`);
  }
  return () => createReadStream(path);
}

/** Lines are read twice, and what is piped in comes but once. */
async function readAll(input: Input): Promise<Uint8Array[]> {
  if (input.isTTY === true) throw new UsageError('Pipe the lines in, or name their file.');
  const held: Uint8Array[] = [];
  for await (const chunk of input) held.push(chunk);
  return held;
}

function heldSource(held: readonly Uint8Array[]): Source {
  return async function* () {
    yield* held;
  };
}
