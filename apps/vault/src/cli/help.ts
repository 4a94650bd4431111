import { COMMON, type Command, type Option } from './command.ts';
import { printable } from './printable.ts';

const INTRO = `hushfield: a vault for cards and the frames that collect them

Everything it needs to know of a deployment stands in the environment, as for the vault itself:
HUSHFIELD_DATA_DIR, DATABASE_URL, FIELDS_ORIGIN, API_ORIGIN.`;

/** What `hushfield --help` says. */
export function overview(commands: readonly Command[]): string {
  const lines = commands.map(({ name, summary }): [string, string] => [name, summary]);
  return `${INTRO}\n\nCommands\n${columns(lines)}\n\nhushfield <command> --help says more of each.\n`;
}

/** What `hushfield <command> --help` says. */
export function helpOf({ name, summary, about, example, options }: Command): string {
  const all = Object.entries({ ...options, ...COMMON });
  return [
    `hushfield ${name}: ${summary}`,
    about,
    `Options\n${columns(all.map(([word, option]) => [flag(word, option), option.says]))}`,
    `Example\n  ${example}`,
    '',
  ].join('\n\n');
}

function flag(word: string, { type, value = 'text', multiple }: Option): string {
  return type === 'boolean' ? `--${word}` : `--${word} <${value}>${multiple ? ' …' : ''}`;
}

/** Rows with their first cells as wide as the widest. */
export function columns(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(printable));
  const widths = (rows[0] ?? []).map((_cell, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows
    .map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd())
    .join('\n');
}
