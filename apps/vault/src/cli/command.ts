import type { ParseArgsOptionsConfig } from 'node:util';
import type * as z from 'zod';
import type { Log } from '../app/log.ts';
import type { Clocks } from '../clock.ts';

/** One option, as `--help` shows it. */
export type Option = {
  readonly type: 'string' | 'boolean';
  readonly says: string;
  /** What stands for its value in `--help`. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: true;
};

/** What the command line has to work with. */
export type Desk = Clocks & {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** What is piped into it: passphrases and cards never stand in its arguments. */
  readonly input: Input;
  /** Long work says here how far it is; not part of the answer. */
  readonly progress: (line: string) => void;
};

export type Input = AsyncIterable<Uint8Array> & {
  /** Somebody types, and everybody sees it. */
  readonly isTTY?: boolean;
  /** A file may have been put in its place, `< file`. */
  readonly fd?: number;
};

/** An answer for eyes and for programs; the two say the same. */
export type Answer = {
  readonly text: string;
  readonly data: unknown;
  /** 1 says that all went well and the answer is no. */
  readonly exitCode?: 0 | 1;
};

/** One command, in a file of its own. */
export type Command = {
  /** One or two words. */
  readonly name: string;
  readonly summary: string;
  /** What a newcomer must know before using it. */
  readonly about: string;
  readonly example: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly run: (desk: Desk, given: Readonly<Record<string, unknown>>) => Promise<Answer>;
};

/**
 * Reads what was given before anything is opened: another process may hold the data, and a wrong word is told for what it
 * is.
 */
export function asking<T>(
  schema: z.ZodType<T>,
  run: (desk: Desk, asked: T) => Promise<Answer>,
): Command['run'] {
  return (desk, given) => run(desk, schema.parse(given));
}

/** A mistake at the command line: said in one sentence, with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options in the form that `parseArgs` takes, with those that every command has. */
export function parsable(options: Command['options']): ParseArgsOptionsConfig {
  const all = Object.entries({ ...options, ...COMMON });
  return Object.fromEntries(
    all.map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
}

export const COMMON: Command['options'] = {
  json: { type: 'boolean', says: 'answer in JSON, one object' },
  help: { type: 'boolean', says: 'say all this' },
};
