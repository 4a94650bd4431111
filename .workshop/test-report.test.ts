import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  countBrowsers,
  countUnits,
  failedOf,
  mayPassAgain,
  readUnhandled,
  readUnits,
  type UnitFile,
} from './test-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'hushfield-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, ...states: string[]): UnitFile => ({
  name,
  status: states.includes('failed') || states.length === 0 ? 'failed' : 'passed',
  assertionResults: states.map((status, n) => ({ fullName: `t${n}`, status })),
});

describe('a run of units', () => {
  test('counts as it ended', () => {
    const files = [file('a', 'passed', 'pending'), file('b', 'passed', 'failed')];
    expect(failedOf(files)).toStrictEqual(['b']);
    const counted = { passed: 2, failed: 1, skipped: 1, broken: ['b: t1'], unsteady: [] };
    expect(countUnits(1, files)).toStrictEqual(counted);
  });

  test('counts as it ended when it was tried again, and names what that has changed', () => {
    const first = [file('a', 'passed'), file('b', 'failed', 'failed')];
    const again = [file('b', 'passed', 'failed')];
    expect(countUnits(1, first, again)).toStrictEqual({
      ...{ passed: 2, failed: 1, skipped: 0, broken: ['b: t1'], unsteady: ['b: t0'] },
    });
    expect(countUnits(0, first, [file('b', 'passed', 'passed')])).toMatchObject({
      ...{ passed: 3, failed: 0, unsteady: ['b: t0', 'b: t1'] },
    });
  });

  test('takes for passed only what has passed in the end, and names a file that failed around its tests', () => {
    const skipped = countUnits(0, [file('b', 'failed')], [file('b', 'skipped')]);
    expect(skipped).toMatchObject({ failed: 1, broken: ['b: t0'], unsteady: [] });
    const hook = { ...file('b', 'passed'), status: 'failed' };
    expect(countUnits(0, [hook], [file('b', 'passed')])).toMatchObject({
      ...{ passed: 1, failed: 0, unsteady: ['b'] },
    });
    const twins = { ...file('a', 'passed', 'passed'), assertionResults: [] };
    const twin = { fullName: 'same', status: 'passed' };
    expect(countUnits(0, [{ ...twins, assertionResults: [twin, twin] }])).toMatchObject({
      ...{ passed: 2, skipped: 0 },
    });
  });

  test('forgives neither an attack nor a counterexample', () => {
    const failed = (fullName: string, said: string): UnitFile => ({
      ...{ name: 'a', status: 'failed' },
      assertionResults: [{ fullName, status: 'failed', failureMessages: [said] }],
    });
    expect(mayPassAgain([failed('waits', 'Test timed out in 5000ms')])).toBe(true);
    expect(mayPassAgain([failed('x attacks: reads nothing', 'Test timed out')])).toBe(true);
    expect(mayPassAgain([failed('x attacks: reads nothing', 'expected 2 to be 1')])).toBe(false);
    expect(mayPassAgain([failed('x', 'Property failed after 3 tests')])).toBe(false);
    expect(readUnhandled(join(folder, 'none.json'))).toHaveLength(1);
  });

  test('has failed where a file has no tests to show, or the runner says so', () => {
    expect(countUnits(1, [file('a')])).toMatchObject({ failed: 1, broken: ['a'] });
    expect(countUnits(1, [file('a', 'passed')])).toMatchObject({ passed: 1, failed: 1 });
    expect(countUnits(null, [])).toMatchObject({ failed: 1 });
    expect(readUnits(join(folder, 'none.json'))).toBeUndefined();
  });
});

test('a run in browsers has failed without a report, and names what passed at the second try', () => {
  expect(countBrowsers(0, join(folder, 'none.json'))).toMatchObject({ failed: 1 });
  const path = join(folder, 'e2e.json');
  const spec = (title: string, status: string) => ({
    ...{ title, file: 'a.spec.ts', tests: [{ projectName: 'chromium', status }] },
  });
  const suites = [{ specs: [spec('x', 'flaky')], suites: [{ specs: [spec('y', 'unexpected')] }] }];
  const stats = { expected: 3, unexpected: 1, skipped: 2, flaky: 1 };
  writeFileSync(path, JSON.stringify({ stats, suites }));
  expect(countBrowsers(1, path)).toStrictEqual({
    ...{ passed: 4, failed: 1, skipped: 2 },
    broken: ['a.spec.ts in chromium: y'],
    unsteady: ['a.spec.ts in chromium: x'],
  });
});
