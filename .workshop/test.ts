/*
 * Every fast test: units, stores on both databases, journeys in Chromium, and the attack core in every
 * engine there is. What fails may have been short of time beside others: it is tried once more, and named if
 * it passes then. Attacks and properties are not forgiven. Ends with one line that counts them all.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { sayMissingEngines } from './engines.ts';
import { startPostgres } from './postgres.ts';
import {
  type Count,
  countBrowsers,
  countUnits,
  failedOf,
  mayPassAgain,
  NOTHING,
  readUnhandled,
  readUnits,
} from './test-report.ts';
import { UNHANDLED } from './unhandled-errors.ts';

/** When so much fails, it is not for want of time. */
const MOST_AGAIN = 10;
const MOST_SAID = 50;
/** Much of the time goes into waiting: for started processes, for PostgreSQL, for locks. */
const UNIT_WORKERS = 3;

const reports = join(root, '.reports');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<number | null>((resolve) => {
    spawn(command, args, { cwd, stdio: 'inherit', env }).on('exit', resolve);
  });
}

async function vitest(env: NodeJS.ProcessEnv, name: string, more: readonly string[]) {
  const output = join(reports, name);
  const own = join(root, '.workshop/unhandled-errors.ts');
  const reporters = ['default', 'json', own].map((each) => `--reporter=${each}`);
  const args = ['run', ...reporters, `--outputFile.json=${output}`];
  const status = await run('vitest', [...args, ...more], root, env);
  return { status, files: readUnits(output) };
}

async function units(env: NodeJS.ProcessEnv): Promise<Count> {
  const { status, files } = await vitest(env, 'units.json', [`--maxWorkers=${UNIT_WORKERS}`]);
  if (files === undefined) return NOTHING;
  const failed = failedOf(files);
  const unhandled = readUnhandled(UNHANDLED);
  const isHopeless = unhandled.length > 0 || failed.length > MOST_AGAIN || !mayPassAgain(files);
  if (failed.length === 0 || isHopeless) return countUnits(status, files);
  console.log(`\n${failed.length} files failed; they run again, alone …`);
  const again = await vitest(env, 'units-again.json', ['--maxWorkers=1', ...failed]);
  return countUnits(again.status, files, again.files);
}

async function browser(env: NodeJS.ProcessEnv): Promise<Count> {
  const status = await run('playwright', ['test', '--retries=1'], join(root, 'e2e'), env);
  return countBrowsers(status, join(reports, 'e2e.json'));
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
  // Hundreds of processes of ours are started.
  NODE_COMPILE_CACHE: join(reports, 'compiled'),
  HUSHFIELD_CHROMIUM: chromium,
  HUSHFIELD_TEST_PG: postgres.url,
};
// A signal ends the runners, which share our group; what is left to end is the database.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void postgres.stop().then(() => process.exit(1)));
}
const counts = [await units(env), await browser(env)];
await postgres.stop();

const sum = (of: (count: Count) => number) => counts.reduce((all, count) => all + of(count), 0);
function say(what: string, names: readonly string[]): void {
  if (names.length > 0) console.log(`\n${what}:\n  ${names.slice(0, MOST_SAID).join('\n  ')}`);
}
say(
  'Passed only when tried again, and to be mended',
  counts.flatMap((count) => count.unsteady),
);
say(
  'Failed',
  counts.flatMap((count) => count.broken),
);
const skipped = sum((count) => count.skipped);
if (skipped > 0) console.log(`\n${skipped} tests were skipped, each with its reason above`);
const failed = sum((count) => count.failed);
console.log(`\n${sum((count) => count.passed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
