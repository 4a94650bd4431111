import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Attack } from './mutant.ts';

/** Titles of attacks, by how they ended, and whether the product was one. */
export type Outcome = {
  readonly red: readonly string[];
  readonly green: readonly string[];
  readonly alive: boolean;
};

type Engine = { readonly name: string; readonly root: string };

/** An honest visit: where it fails too, the mutant is no product any more and proves nothing. */
const HONEST = { file: 'e2e/pages/plain.spec.ts', title: 'trades an honest card' };

type Suite = {
  readonly suites?: readonly Suite[];
  readonly specs?: readonly {
    title: string;
    ok: boolean;
    tests: readonly {
      status: string;
      results: readonly { errors: readonly { message?: string }[] }[];
    }[];
  }[];
};

/** What a test says whose servers did not come up in time: it has attacked nothing. */
const NOT_STARTED = /did not become ready|Fixture "\w+" timeout/;

type Spec = { title: string; ok: boolean; ran: boolean; started: boolean };

function specsOf(suite: Suite): Spec[] {
  const own = (suite.specs ?? []).map(({ title, ok, tests }) => ({
    title,
    ok,
    ran: tests.some(({ status }) => status !== 'skipped'),
    started: !tests
      .flatMap(({ results }) => results.flatMap(({ errors }) => errors))
      .some(({ message = '' }) => NOT_STARTED.test(message)),
  }));
  return [...own, ...(suite.suites ?? []).flatMap(specsOf)];
}

let stopRunning = async (): Promise<void> => {};

/** Ends what is running, and waits for it: it writes into the copy, which goes next. */
export const stopAttacks = (): Promise<void> => stopRunning();

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      said = (said + data.toString()).slice(-4_000);
    });
  }
  const closed = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  stopRunning = async () => {
    child.kill('SIGTERM');
    await closed;
  };
  return closed;
}

function readReport(file: string, said: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`the tests gave no report:\n${said}`);
  }
}

/** Playwright looks for it in "project file title". */
const patternOf = (attacks: readonly Attack[]) =>
  attacks.map(({ file, title = '' }) => `${basename(file)} .*${title}`).join('|');

async function specsInBrowser(attacks: readonly Attack[], engine: Engine): Promise<Spec[]> {
  const e2e = join(engine.root, 'e2e');
  const report = join(engine.root, 'mutant-e2e.json');
  rmSync(report, { force: true });
  const env = {
    ...process.env,
    HUSHFIELD_ATTACK: 'full',
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    // A worker that is ended after a red test cannot always clear up; the copy's folder goes anyway.
    TMPDIR: join(engine.root, '..'),
  };
  const files = attacks.map(({ file }) => file.slice('e2e/'.length));
  const args = ['test', `--project=${engine.name}`, '--reporter=json', '-g', patternOf(attacks)];
  const playwright = join(e2e, 'node_modules/.bin/playwright');
  const said = await run(playwright, [...args, ...files], e2e, env);
  return specsOf(readReport(report, said) as Suite).filter(({ ran }) => ran);
}

async function inBrowser(attacks: readonly Attack[], engine: Engine): Promise<Outcome> {
  let specs = await specsInBrowser(attacks, engine);
  // A busy machine is no proof of anything: once more, and what still did not start is an error.
  if (specs.some(({ started }) => !started)) specs = await specsInBrowser(attacks, engine);
  if (specs.some(({ started }) => !started)) throw new Error('the servers do not start');
  const titles = (wanted: boolean) =>
    specs.filter(({ ok }) => ok === wanted).map(({ title }) => title);
  const isHonest = (title: string) => title.startsWith(HONEST.title);
  return {
    red: titles(false).filter((title) => !isHonest(title)),
    green: titles(true).filter((title) => !isHonest(title)),
    alive: titles(true).some(isHonest),
  };
}

type UnitReport = {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
};

async function inNode({ file }: Attack, { root }: Engine): Promise<Outcome> {
  const [kind = '', name = '', ...rest] = file.split('/');
  const room = join(root, kind, name);
  const report = join(root, 'mutant-unit.json');
  rmSync(report, { force: true });
  const vitest = join(root, 'node_modules/.bin/vitest');
  const args = ['run', rest.join('/'), '--reporter=json', `--outputFile=${report}`];
  const said = await run(vitest, args, room, process.env);
  const results = (readReport(report, said) as UnitReport).testResults;
  const tests = results.flatMap(({ assertionResults }) => assertionResults);
  const ended = (status: string) =>
    tests.filter((one) => one.status === status).map(({ fullName }) => fullName);
  return { red: ended('failed'), green: ended('passed'), alive: ended('passed').length > 0 };
}

/** Runs attacks, each kind by its own runner; those of a browser with an honest visit beside them. */
export async function runAttacks(attacks: readonly Attack[], engine: Engine): Promise<Outcome> {
  const specs = attacks.filter(({ file }) => file.endsWith('.spec.ts'));
  const units = attacks.filter(({ file }) => !file.endsWith('.spec.ts'));
  const outcomes: Outcome[] = [];
  if (specs.length > 0) outcomes.push(await inBrowser([...specs, HONEST], engine));
  for (const one of units) outcomes.push(await inNode(one, engine));
  return {
    red: outcomes.flatMap(({ red }) => red),
    green: outcomes.flatMap(({ green }) => green),
    alive: outcomes.every(({ alive }) => alive),
  };
}
