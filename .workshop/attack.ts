/*
 * `pnpm attack [--engine chromium|firefox|webkit] [playwright arguments]`: every attack, the long ones
 * too, with a report per engine in `.reports/`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { sayMissingEngines } from './engines.ts';
import { startPostgres } from './postgres.ts';

const ENGINES = ['chromium', 'firefox', 'webkit'];
const { values, positionals } = parseArgs({
  options: { engine: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const engines = values.engine ?? [];
if (engines.some((engine) => !ENGINES.includes(engine))) {
  console.error(`--engine takes one of ${ENGINES.join(', ')}.`);
  process.exit(2);
}

ensureBuilt();
sayMissingEngines();
process.env['HUSHFIELD_CHROMIUM'] = ensureChromium();
process.env['HUSHFIELD_ATTACK'] = 'full';
process.env['PATH'] = `${join(root, 'e2e/node_modules/.bin')}:${process.env['PATH']}`;
const projects = engines.map((engine) => `--project=${engine}`);
const where =
  positionals.length > 0 ? positionals : ['attacks/', 'pages/', 'journeys/', 'a11y/', 'webkit/'];
// The hunt reads a whole server's directory. One that is there already may be named instead.
const named = process.env['HUSHFIELD_TEST_PG'];
const postgres = named ? { url: named, stop: async () => {} } : await startPostgres();
process.env['HUSHFIELD_TEST_PG'] = postgres.url;
// Ctrl-C reaches the runner by itself; this waits for its orderly end.
process.on('SIGINT', () => {});
const runner = spawn('playwright', ['test', ...projects, ...where], {
  cwd: join(root, 'e2e'),
  stdio: 'inherit',
});
process.exitCode = await new Promise<number>((resolve) => {
  runner.once('exit', (code) => resolve(code ?? 1));
});
await postgres.stop();
