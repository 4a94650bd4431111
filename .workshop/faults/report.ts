import type { Outcome } from './fault.ts';

/** One fault's line: what it has come to, or why it was not done, or not to its end. */
export type Line = { readonly name: string; readonly seconds: number } & (
  | { readonly outcome: Outcome }
  | { readonly skipped: string }
  | { readonly failed: string }
);

const HEAD = [
  'fault',
  'rounds',
  'acknowledged',
  'lost',
  'wrong',
  'codes gone',
  'errors by kind',
  'longest outage',
  'recovery median / longest',
  'took',
];
/** Of what went wrong, so many are told. */
const TOLD = 20;

/** The summary, as Markdown. */
export function tableOf(lines: readonly Line[]): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...lines.map(cellsOf)];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What is to be said beside the table: remarks, and all that was lost or wrong. */
export function notesOf(lines: readonly Line[]): string {
  const notes = lines.flatMap((line) => {
    if ('skipped' in line) return [`SKIPPED ${line.name}: ${line.skipped}`];
    if ('failed' in line) return [`FAILED ${line.name}: ${line.failed}`];
    const { lost, wrong, remarks } = line.outcome;
    const bad = [...lost.map((what) => `LOST ${what}`), ...wrong.map((what) => `WRONG ${what}`)];
    const more = bad.length > TOLD ? [`and ${bad.length - TOLD} more`] : [];
    return [...remarks, ...bad.slice(0, TOLD), ...more].map((note) => `${line.name}: ${note}`);
  });
  return notes.join('\n');
}

/** Whether nothing was lost and nothing wrong. What was skipped has shown nothing, and says so. */
export function isGood(lines: readonly Line[]): boolean {
  return lines.every((line) => {
    if ('outcome' in line) return line.outcome.lost.length + line.outcome.wrong.length === 0;
    return 'skipped' in line;
  });
}

function cellsOf(line: Line): string[] {
  const took = `${line.seconds.toFixed(0)} s`;
  if (!('outcome' in line)) {
    const verdict = 'skipped' in line ? 'SKIPPED' : 'FAILED';
    return [line.name, verdict, ...HEAD.slice(3).map(() => ''), took];
  }
  const { outcome } = line;
  const kinds = Object.entries(outcome.kinds).map(([kind, n]) => `${n} × ${kind}`);
  return [
    line.name,
    `${outcome.rounds}`,
    `${outcome.acknowledged}`,
    `${outcome.lost.length}`,
    `${outcome.wrong.length}`,
    `${outcome.codesGone}`,
    kinds.join(', ') || 'none',
    seconds(outcome.longestMs),
    recoveryOf(outcome.recoveries),
    took,
  ];
}

function recoveryOf(recoveries: readonly number[]): string {
  const sorted = [...recoveries].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const longest = sorted.at(-1);
  if (median === undefined || longest === undefined) return '–';
  return `${seconds(median)} / ${seconds(longest)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
