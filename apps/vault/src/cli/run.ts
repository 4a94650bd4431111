import { parseArgs } from 'node:util';
import * as z from 'zod';
import { scrub } from '../app/scrub.ts';
import { sentenceOf } from '../start-sentence.ts';
import { type Answer, type Command, type Desk, parsable, UsageError } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { helpOf, overview } from './help.ts';
import { printableLines } from './printable.ts';

/** What a run leaves: both streams and how it ended. */
export type Outcome = { readonly out: string; readonly err: string; readonly exitCode: number };

/** Runs one command line, without touching the process. */
export async function run(words: readonly string[], desk: Desk): Promise<Outcome> {
  try {
    const command = find(words);
    if (command === undefined)
      return said(overview(COMMANDS), words.length > 0 && !asksHelp(words));
    const given = parse(command, words.slice(command.name.split(' ').length));
    if (given.help === true) return said(helpOf(command));
    const { json, ...options } = given;
    return answered(await command.run(desk, options), json === true);
  } catch (error) {
    return failed(error, desk);
  }
}

function find(words: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => name === words.slice(0, name.split(' ').length).join(' '));
}

const asksHelp = (words: readonly string[]) => words.includes('--help') || words[0] === 'help';

function parse({ name, options }: Command, args: string[]): Record<string, unknown> {
  try {
    return { ...parseArgs({ args, options: parsable(options), strict: true }).values };
  } catch (error) {
    const [sentence = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new UsageError(`${sentence.replace(/\.$/, '')}. See: hushfield ${name} --help`);
  }
}

function said(text: string, isMistake = false): Outcome {
  return isMistake
    ? { out: '', err: `There is no such command.\n\n${text}`, exitCode: 2 }
    : { out: text, err: '', exitCode: 0 };
}

function answered({ text, data, exitCode = 0 }: Answer, json: boolean): Outcome {
  const out = json ? JSON.stringify(data) : text;
  return { out: `${printableLines(out)}\n`, err: '', exitCode };
}

function failed(error: unknown, { environment }: Desk): Outcome {
  const level = environment['LOG_LEVEL'];
  const usage = error instanceof UsageError || error instanceof z.ZodError;
  const sentence = error instanceof z.ZodError ? mistakesOf(error) : sentenceOf(error, level);
  const message = error instanceof UsageError ? error.message : sentence;
  return { out: '', err: `${printableLines(scrub(message))}\n`, exitCode: usage ? 2 : 1 };
}

function mistakesOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n');
}
