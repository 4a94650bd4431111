import { readFileSync } from 'node:fs';

/** How many tests ended how; and by name those that failed, and those that passed only when tried again. */
export type Count = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly broken: readonly string[];
  readonly unsteady: readonly string[];
};

/** A runner that left no report has failed, however it exited. */
export const NOTHING: Count = {
  ...{ passed: 0, failed: 1, skipped: 0 },
  ...{ broken: ['a runner left no report'], unsteady: [] },
};

/** A test file in the report of Vitest. */
export type UnitFile = {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
};

type Spec = { title: string; file: string; tests: { projectName: string; status: string }[] };
type Suite = { suites?: Suite[]; specs?: Spec[] };
/** The report of Playwright. */
type Browsers = Suite & {
  stats: { expected: number; unexpected: number; skipped: number; flaky: number };
};

function read(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What Vitest has written of a run; nothing when it did not come so far. */
export function readUnits(path: string): readonly UnitFile[] | undefined {
  return (read(path) as { testResults: UnitFile[] } | undefined)?.testResults;
}

/** The files in which a test has failed, or what is done before or after them all. */
export function failedOf(files: readonly UnitFile[]): string[] {
  return files.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/**
 * Counts a run and, of the files that failed in it, what came of them when they were run again.
 *
 * @param status - the runner's own: it also ends badly where no test has failed.
 */
export function countUnits(
  status: number | null,
  first: readonly UnitFile[],
  again: readonly UnitFile[] = [],
): Count {
  const repeated = new Map(again.map((file) => [file.name, file]));
  const files = first.map((file) => repeated.get(file.name) ?? file);
  const named = (those: readonly UnitFile[], state: string) =>
    those.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter((test) => test.status === state)
        .map(({ fullName }) => `${name}: ${fullName}`),
    );
  const broken = named(files, 'failed');
  const passed = new Set(named(files, 'passed'));
  const badFiles = failedOf(files);
  const all = files.reduce((sum, file) => sum + file.assertionResults.length, 0);
  return {
    passed: passed.size,
    failed: Math.max(broken.length, badFiles.length, status === 0 ? 0 : 1),
    skipped: all - passed.size - broken.length,
    broken: broken.length > 0 ? broken : badFiles,
    unsteady: named(first, 'failed').filter((name) => passed.has(name)),
  };
}

/** Counts what Playwright has written of a run. */
export function countBrowsers(status: number | null, path: string): Count {
  const report = read(path) as Browsers | undefined;
  if (report === undefined) return NOTHING;
  const { expected, unexpected, skipped, flaky } = report.stats;
  return {
    passed: expected + flaky,
    failed: status === 0 ? unexpected : Math.max(1, unexpected),
    skipped,
    broken: [...thatEnded('unexpected', report)],
    unsteady: [...thatEnded('flaky', report)],
  };
}

function* thatEnded(state: string, { suites = [], specs = [] }: Suite): Generator<string> {
  for (const suite of suites) yield* thatEnded(state, suite);
  for (const { title, file, tests } of specs)
    for (const { projectName, status } of tests)
      if (status === state) yield `${file} in ${projectName}: ${title}`;
}
