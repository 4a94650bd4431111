/*
 * Every fast test: units, stores on both databases, journeys in Chromium, and the attack core in every
 * engine there is. Ends with one line that counts them all.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { sayMissingEngines } from './engines.ts';
import { startPostgres } from './postgres.ts';

type Count = { passed: number; failed: number; skipped: number };

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
function count(
  file: string,
  status: number | null,
  names: readonly [string, string, string],
): Count {
  const report = read(file);
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const stats = (report['stats'] ?? report) as Record<string, number>;
  const [passed, failed, skipped] = names.map((name) => stats[name] ?? 0) as [
    number,
    number,
    number,
  ];
  const failures = failed + (stats['flaky'] ?? 0);
  return { passed, failed: status === 0 ? failures : Math.max(1, failures), skipped };
}

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<number | null>((resolve) => {
    spawn(command, args, { cwd, stdio: 'inherit', env }).on('exit', resolve);
  });
}

async function units(env: NodeJS.ProcessEnv): Promise<Count> {
  const output = join(reports, 'units.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  const status = await run('vitest', args, root, env);
  return count('units.json', status, ['numPassedTests', 'numFailedTests', 'numPendingTests']);
}

async function browser(env: NodeJS.ProcessEnv): Promise<Count> {
  const status = await run('playwright', ['test'], join(root, 'e2e'), env);
  return count('e2e.json', status, ['expected', 'unexpected', 'skipped']);
}

ensureBuilt();
sayMissingEngines();
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
const total: Count = { passed: 0, failed: 0, skipped: 0 };
// A signal ends the runners, which share our group; what is left to end is the database.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void postgres.stop().then(() => process.exit(1)));
}
for (const suite of [units, browser]) {
  const { passed, failed, skipped } = await suite(env);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
await postgres.stop();

if (total.skipped > 0)
  console.log(`\n${total.skipped} tests were skipped, each with its reason above`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
