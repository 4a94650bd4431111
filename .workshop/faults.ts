/*
 * `npm run faults [-- fault …] [--rounds N] [--quick] [--json]`: breaks a real deployment on purpose, while
 * clients work on it that remember all they were told, and judges what is left. Ends with 1 when anything
 * was lost or wrong. Not part of `npm test`, which runs a few rounds of each: all of it takes hours.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, root } from './built.ts';
import { Arena } from './faults/arena.ts';
import { FAULTS } from './faults/catalogue.ts';
import { type Fault, Skipped } from './faults/fault.ts';
import { isGood, type Line, notesOf, tableOf } from './faults/report.ts';

const HELP = `npm run faults [-- fault …] [--rounds N] [--quick] [--json] [--keep DIR]

${FAULTS.map(({ name, about, rounds }) => `${name.padEnd(26)}${about} (${rounds[0]} times; ${rounds[1]})`).join('\n')}

--rounds N   so often, instead of the first number
--quick      the second number: a look whether all is well, in minutes
--json       the figures as JSON, and no table
--keep DIR   leaves there what somebody on call would have: logs, and metrics every two seconds

The report is written to .reports/faults.json too, after each fault. Ends with 1 when anything was lost or wrong.
`;

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    keep: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (values.keep !== undefined) process.env['HUSHFIELD_FAULTS_KEEP'] = values.keep;
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
/** By its name, or by that of its family. */
const isCalled = (fault: Fault, name: string) =>
  fault.name === name || fault.name.startsWith(`${name}:`);
const isChosen = (fault: Fault) =>
  positionals.length === 0 || positionals.some((name) => isCalled(fault, name));
const unknown = positionals.find((name) => !FAULTS.some((fault) => isCalled(fault, name)));
if (values.help || unknown !== undefined || (rounds !== undefined && !(rounds >= 1))) {
  (values.help ? console.log : console.error)(HELP);
  process.exit(values.help ? 0 : 2);
}

async function done(fault: Fault): Promise<Line> {
  const { name } = fault;
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1_000;
  if (!values.json) console.log(`${name} …`);
  try {
    const outcome = await fault.run(rounds ?? fault.rounds[values.quick ? 1 : 0]);
    return { name, outcome, seconds: seconds() };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const isSkipped = error instanceof Skipped;
    return { name, seconds: seconds(), ...(isSkipped ? { skipped: said } : { failed: said }) };
  }
}

// Node says of ML-KEM in WebCrypto that it is new, into the middle of the table.
process.removeAllListeners('warning');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => void Arena.closeAll().finally(() => process.exit(130)));
ensureBuilt();
const lines: Line[] = [];
// After each: a run takes hours, and what it has seen is not lost with its machine.
for (const fault of FAULTS) if (isChosen(fault)) write([...lines, await done(fault)]);

function write(whole: readonly Line[]): void {
  lines.splice(0, lines.length, ...whole);
  mkdirSync(join(root, '.reports'), { recursive: true });
  writeFileSync(join(root, '.reports/faults.json'), `${reportOf(lines)}\n`);
}

function reportOf(whole: readonly Line[]): string {
  const at = new Date().toISOString();
  return JSON.stringify({ at, node: process.version, lines: whole }, null, 2);
}

console.log(values.json ? reportOf(lines) : `\n${tableOf(lines)}\n\n${notesOf(lines)}`);
process.exit(isGood(lines) ? 0 : 1);
