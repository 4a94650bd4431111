/*
 * `npm run bench [-- row …] [--quick]`: every row of the budgets table, each against its floor in the
 * same run. Started by the workshop, which brings Chromium and PostgreSQL.
 */
import { type Bench, openBench } from './bench.ts';
import { client } from './rows/client.ts';
import { garbage } from './rows/garbage.ts';
import { heap } from './rows/heap.ts';
import { kept } from './rows/kept.ts';
import { keystroke } from './rows/keystroke.ts';
import { load, slow } from './rows/load.ts';
import { memory } from './rows/memory.ts';
import { type Failure, machine, notes, table, writeReport } from './report.ts';
import { Resources } from './resources.ts';
import { type Family, type Row, verdict } from './row.ts';
import { seal } from './rows/seal.ts';
import { sizes } from './rows/sizes.ts';
import { throughput } from './rows/throughput.ts';

const FAMILIES: readonly Family<Bench>[] = [
  sizes,
  load,
  slow,
  keystroke,
  kept,
  heap,
  client,
  seal,
  throughput,
  memory,
  garbage,
];

function chosen(args: readonly string[]): readonly Family<Bench>[] {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.find((name) => !FAMILIES.some((family) => family.name === name));
  if (unknown !== undefined) {
    console.error(`No row "${unknown}"; there are ${FAMILIES.map(({ name }) => name).join(' ')}.`);
    process.exit(2);
  }
  return names.length === 0 ? FAMILIES : FAMILIES.filter(({ name }) => names.includes(name));
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing; start this with npm run bench`);
  return value;
}

async function measureAll(bench: Bench, families: readonly Family<Bench>[]) {
  const rows: Row[] = [];
  const failures: Failure[] = [];
  for (const { name, measure } of families) {
    const from = performance.now();
    process.stdout.write(`${name} … `);
    try {
      rows.push(...(await measure(bench)));
      console.log(`${((performance.now() - from) / 1_000).toFixed(0)} s`);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ family: name, message });
      console.log(`FAILED\n${message}`);
    }
  }
  return { rows, failures };
}

const families = chosen(process.argv.slice(2));
const resources = new Resources();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void resources.close().finally(() => process.exit(130)));
}

try {
  const before = machine();
  const bench = await openBench({
    resources,
    chromium: required('HUSHFIELD_CHROMIUM'),
    databaseUrl: required('HUSHFIELD_TEST_PG'),
    portBase: Number(process.env['PORT_BASE'] ?? 7400),
    quick: process.argv.includes('--quick'),
  });
  const { rows, failures } = await measureAll(bench, families);
  const surroundings = { machine: before, node: process.version, browser: bench.browser.version };
  const path = writeReport(rows, failures, surroundings);
  console.log(`\n${table(rows)}\n\n${notes(rows)}`);
  console.log(`\n${before.cores} cores, load ${before.load.toFixed(2)} at the start; ${path}`);
  const missed = rows.filter((row) => verdict(row) === 'MISSED').length;
  console.log(`${rows.length} rows, ${missed} missed, ${failures.length} failed`);
  process.exitCode = missed + failures.length === 0 ? 0 : 1;
} finally {
  await resources.close();
}
