/*
 * `pnpm attack [--engine chromium|firefox|webkit] [playwright arguments]`: every attack, the long ones
 * too, with a report per engine in `.reports/`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, must, root } from './built.ts';
import { ensureChromium } from './chromium.ts';
import { sayMissingEngines } from './engines.ts';

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
const where = positionals.length > 0 ? positionals : ['attacks/', 'pages/', 'webkit/'];
must('playwright', ['test', ...projects, ...where], join(root, 'e2e'));
