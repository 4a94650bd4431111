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

type UnitTest = {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages?: readonly string[];
};
/** A test file in the report of Vitest. */
export type UnitFile = {
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly UnitTest[];
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

/** What failed outside any test; an empty list when nothing did. */
export function readUnhandled(path: string): readonly string[] {
  return (read(path) as string[] | undefined) ?? ['a runner did not come to its end'];
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
 * Whether a second try could say that all failures were for want of time. Not of an attack that went through, and not of
 * a property: that draws other values then.
 */
export function mayPassAgain(files: readonly UnitFile[]): boolean {
  const failed = files.flatMap((file) =>
    file.assertionResults.filter(({ status }) => status === 'failed'),
  );
  return !failed.some(({ fullName, failureMessages = [] }) => {
    const isSlow = failureMessages.every((said) => said.includes('timed out'));
    const isProperty = failureMessages.some((said) => /Property failed|Counterexample/.test(said));
    return isProperty || (fullName.includes('attacks:') && !isSlow);
  });
}

const testsOf = ({ name, assertionResults }: UnitFile) =>
  assertionResults.map(({ fullName, status }) => ({ name: `${name}: ${fullName}`, status }));

/** What failed at first, and how it ended in the end: whatever has not passed then has failed. */
function secondTry(first: UnitFile, again: UnitFile | undefined) {
  if (again === undefined) return { tests: testsOf(first), isBad: first.status === 'failed' };
  const bad = new Set(
    testsOf(first).flatMap(({ name, status }) => (status === 'failed' ? [name] : [])),
  );
  const tests = testsOf(again).map((test) =>
    bad.has(test.name) && test.status !== 'passed' ? { ...test, status: 'failed' } : test,
  );
  return { tests, isBad: again.status === 'failed' };
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
  const ended = first.map((file) => ({ file, ...secondTry(file, repeated.get(file.name)) }));
  const tests = ended.flatMap((one) => one.tests);
  const named = (state: string) =>
    tests.flatMap((test) => (test.status === state ? [test.name] : []));
  const broken = named('failed');
  const badFiles = ended.flatMap(({ file, isBad }) => (isBad ? [file.name] : []));
  const unsteady = ended.flatMap(({ file, isBad }) => {
    const failed = testsOf(file).filter((test) => test.status === 'failed');
    if (file.status === 'failed' && failed.length === 0) return isBad ? [] : [file.name];
    return failed.map(({ name }) => name);
  });
  const passed = named('passed').length;
  return {
    passed,
    failed: Math.max(broken.length, badFiles.length, status === 0 ? 0 : 1),
    skipped: tests.length - passed - broken.length,
    broken: broken.length > 0 ? broken : badFiles,
    unsteady: unsteady.filter((name) => !broken.includes(name)),
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
