function sorted(values: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError('no samples');
  return values.toSorted((a, b) => a - b);
}

/** Nearest rank: a value that was really measured, never one made up between two. */
export function percentile(values: readonly number[], part: number): number {
  const ordered = sorted(values);
  const rank = Math.max(1, Math.ceil(part * ordered.length));
  return ordered[rank - 1] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
export const p95 = (values: readonly number[]): number => percentile(values, 0.95);

/** What stands in the JSON of a series, so that a reader can see how steady it was. */
export function summary(values: readonly number[]) {
  const ordered = sorted(values);
  return {
    samples: ordered.length,
    min: ordered[0],
    p50: median(values),
    p95: p95(values),
    max: ordered.at(-1),
  };
}
