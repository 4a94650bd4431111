import { fstatSync, type Stats } from 'node:fs';
import * as z from 'zod';
import { checkLines, importLines, type Source, type Wrong } from '../../import/import-file.ts';
import { type LineFile, openLines } from '../../import/line-file.ts';
import { placeForTokens } from '../../import/token-file.ts';
import type { Vault } from '../../vault.ts';
import {
  asking,
  type Answer,
  type Command,
  type Desk,
  type Input,
  UsageError,
} from '../command.ts';
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
  summary: 'take in what a tenant holds already, from a file',
  about: `One JSON object a line:

  {"reference":"c-1","number":"…","expMonth":12,"expYear":2030,"name":"…","postalCode":"…"}
  {"reference":"c-2","iban":"…"}
  {"reference":"c-3","routingNumber":"…","accountNumber":"…"}
  {"reference":"c-4","policy":"…","text":"…"}

and "customer":"…" and "metadata":{} in any of them. name and postalCode may be left out; a security code is
not taken; policy is one of hushfield text-policy list. Every line is judged first,
and nothing is stored while one is wrong, unless --skip-invalid. What is said of a wrong line is its
number and which member, never what stands in it. The tokens are kept until they are deleted.

reference is your own name for it. For 30 days a second run knows it again: cut off, or run twice, it
imports each reference once. A line that has become wrong since, as a card expires or a policy ends, is
named then, and its earlier token is not told again. --out is written anew: beside its place, for your eyes alone,
and into it when it is whole. What a run that was killed leaves is --out with .tmp behind. The file with
the lines is yours to destroy, when the command has ended with 0; whoever holds it is in PCI scope. From
standard input, which may be a pipe, the lines are held in memory.`,
  example: 'hushfield import --tenant ten_… --file lines.ndjson --out tokens.ndjson',
  options: {
    tenant: { type: 'string', value: 'id', says: 'whose they are' },
    file: {
      type: 'string',
      value: 'file',
      says: 'the lines, a regular file; standard input without',
    },
    out: { type: 'string', value: 'file', says: 'where {"reference","token"} lines go' },
    'skip-invalid': { type: 'boolean', says: 'import the others; ends with 1 all the same' },
  },
  run: asking(Asked, (desk, { tenant, file, out, 'skip-invalid': skips }) =>
    withVault(desk, async (vault) => {
      await requireTenant(vault.sql.as('admin'), tenant);
      const lines = file === undefined ? await heldLines(desk.input) : openLines(file);
      try {
        return await bringIn(
          vault,
          { tenant, lines, skips, out: placeForTokens(out, lines.file) },
          desk,
        );
      } finally {
        lines.close();
      }
    }),
  ),
};

type Lines = Omit<LineFile, 'file'> & { readonly file: Stats | undefined };
type Asking = {
  readonly tenant: string;
  readonly lines: Lines;
  readonly skips: boolean;
  readonly out: string;
};

async function bringIn(vault: Vault, { tenant, lines, skips, out }: Asking, { progress }: Desk) {
  const { source } = lines;
  const judged = await checkLines(vault, tenant, source, progress);
  if (judged.wrong.length > 0 && !skips) return answerOf(0, judged.wrong);
  const done = await importLines(vault, tenant, { source, out, judged }, progress);
  return answerOf(done.imported, done.wrong);
}

function answerOf(imported: number, wrong: readonly Wrong[]): Answer {
  const lines = wrong.slice(0, SHOWN).map((each) => `line ${each.line}: ${each.wrong}`);
  const more = wrong.length > SHOWN ? [`and ${wrong.length - SHOWN} lines more`] : [];
  const summary = `${imported} lines have a token${wrong.length > 0 ? `; ${wrong.length} lines are wrong` : ''}.`;
  return {
    text: [...lines, ...more, summary].join('\n'),
    data: { imported, wrong },
    exitCode: wrong.length === 0 ? 0 : 1,
  };
}

/** Lines are read twice, and what is piped in comes but once. */
async function heldLines(input: Input): Promise<Lines> {
  if (input.isTTY === true) throw new UsageError('Pipe the lines in, or name their file.');
  const file = input.fd === undefined ? undefined : fstatSync(input.fd);
  const held: Uint8Array[] = [];
  for await (const chunk of input) held.push(chunk);
  const source: Source = async function* () {
    yield* held;
  };
  const close = () => {
    for (const chunk of held) chunk.fill(0);
  };
  return { file, source, close };
}
