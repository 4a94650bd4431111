/*
 * Every fast test: units, stores on both databases, journeys and the attack core in Chromium. Ends
 * with one line that counts them all.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { startPostgres } from './postgres.ts';

type Count = { passed: number; failed: number };

const reports = join(root, '.reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);

function read(file: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(join(reports, file), 'utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** A runner that left no report has failed, however it exited. */
function count(file: string, status: number | null, passed: string, failed: string): Count {
  const report = read(file);
  if (!report) return { passed: 0, failed: 1 };
  const stats = (report['stats'] ?? report) as Record<string, number>;
  const failures = (stats[failed] ?? 0) + (stats['flaky'] ?? 0);
  return { passed: stats[passed] ?? 0, failed: status === 0 ? failures : Math.max(1, failures) };
}

function units(env: NodeJS.ProcessEnv): Count {
  const output = join(reports, 'units.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const { status } = spawnSync('vitest', args, { cwd: root, stdio: 'inherit', env });
  return count('units.json', status, 'numPassedTests', 'numFailedTests');
}

function browser(env: NodeJS.ProcessEnv): Count {
  const { status } = spawnSync('playwright', ['test'], {
    cwd: join(root, 'e2e'),
    stdio: 'inherit',
    env,
  });
  return count('e2e.json', status, 'expected', 'unexpected');
}

ensureBuilt();
const chromium = ensureChromium();
const postgres = await startPostgres();
const env = {
  ...process.env,
  PATH: `${join(root, 'e2e/node_modules/.bin')}:${process.env['PATH']}`,
  // ML-KEM in WebCrypto is new enough for Node to say so in every worker.
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
  HUSHFIELD_CHROMIUM: chromium,
  HUSHFIELD_TEST_PG: postgres.url,
};
const counts = [units(env), browser(env)];
await postgres.stop();

const passed = counts.reduce((sum, one) => sum + one.passed, 0);
const failed = counts.reduce((sum, one) => sum + one.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
