/** One line of the budgets table: what was measured, against what, and how it is judged. */
export type Row = {
  readonly name: string;
  readonly unit: 'B' | 'kB' | 'MB' | 'ms' | '/s' | 'count';
  /** The same quantity of the least that could do the job, from the same run. */
  readonly floor?: number;
  readonly ours: number;
  /** What the budget speaks of. */
  readonly judge: 'ratio' | 'ours' | 'difference';
  /** Absent: reported, not gated. */
  readonly budget?: { readonly max: number } | { readonly min: number };
  /** Printed under the table. */
  readonly notes?: readonly string[];
  /** Only in the JSON. */
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** A family of rows, chosen on the command line by its name. */
export type Family<Bench> = {
  readonly name: string;
  readonly measure: (bench: Bench) => Promise<readonly Row[]>;
};

export type Verdict = 'ok' | 'MISSED' | 'reported';

export function ratio({ floor, ours }: Row): number | undefined {
  return floor === undefined || floor <= 0 ? undefined : ours / floor;
}

export function judged(row: Row): number {
  if (row.judge === 'ours') return row.ours;
  if (row.floor === undefined) throw new Error(`${row.name} has no floor`);
  return row.judge === 'ratio' ? row.ours / row.floor : row.ours - row.floor;
}

export function verdict(row: Row): Verdict {
  if (row.budget === undefined) return 'reported';
  const value = judged(row);
  const within = 'max' in row.budget ? value <= row.budget.max : value >= row.budget.min;
  // Not a number is never within: a measurement that failed must not pass.
  return within ? 'ok' : 'MISSED';
}
