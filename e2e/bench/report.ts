import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from '../../.workshop/built.ts';
import { judged, type Row, ratio, verdict } from './row.ts';

export type Failure = { readonly family: string; readonly message: string };

/** Where ratios come from matters less than milliseconds, but a reader should know. */
export function machine() {
  const [first] = cpus();
  const [load = 0] = loadavg();
  return { cores: availableParallelism(), model: first?.model ?? 'unknown', load };
}

const DIGITS: Readonly<Record<Row['unit'], number>> = {
  B: 0,
  kB: 1,
  MB: 2,
  ms: 2,
  '/s': 0,
  count: 2,
};

function quantity(row: Row, value: number | undefined): string {
  if (value === undefined) return '–';
  const digits = DIGITS[row.unit];
  return row.unit === 'count'
    ? `${Number(value.toFixed(digits))}`
    : `${value.toFixed(digits)} ${row.unit}`;
}

function budget(row: Row): string {
  if (row.budget === undefined) return '–';
  const [sign, limit] = 'max' in row.budget ? ['≤', row.budget.max] : ['≥', row.budget.min];
  if (row.judge === 'ratio') return `${sign} ${limit}×`;
  const plus = row.judge === 'difference' ? '+' : '';
  return `${sign} ${plus}${limit}${row.unit === 'count' ? '' : ` ${row.unit}`}`;
}

function times(row: Row): string {
  const value = ratio(row);
  return value === undefined ? '–' : `${value.toFixed(2)}×`;
}

const HEAD = ['row', 'floor', 'ours', 'ratio', 'budget', 'verdict'];

function cells(row: Row): string[] {
  return [
    row.name,
    quantity(row, row.floor),
    quantity(row, row.ours),
    times(row),
    budget(row),
    verdict(row),
  ];
}

/** The table as text: first column left, the others right. */
export function table(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  const [head, ...body] = lines.map((line) => line.map(pad).join('  '));
  return [head, '─'.repeat(head?.length ?? 0), ...body].join('\n');
}

export function notes(rows: readonly Row[]): string {
  return rows
    .flatMap((row) => (row.notes ?? []).map((note) => `  ${row.name}: ${note}`))
    .join('\n');
}

/** Writes `.reports/bench.json` and gives its path. */
export function writeReport(
  rows: readonly Row[],
  failures: readonly Failure[],
  surroundings: Readonly<Record<string, unknown>>,
): string {
  const folder = join(root, '.reports');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'bench.json');
  const judgedRows = rows.map((row) => ({
    ...row,
    ratio: ratio(row),
    judged: judged(row),
    verdict: verdict(row),
  }));
  const report = { at: new Date().toISOString(), ...surroundings, rows: judgedRows, failures };
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}
