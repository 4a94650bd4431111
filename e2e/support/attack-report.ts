import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { ROOT } from './server-process.ts';

type Line = {
  readonly engine: string;
  readonly rows: readonly number[];
  readonly attack: string;
  readonly tried: string;
  readonly saw: string;
  readonly verdict: 'held' | 'BROKEN' | 'residual' | 'not run';
};

const FOLDER = join(ROOT, '.reports');

/** A machine that is too slow for once is not an attack that went through; any other failure is, whatever came after. */
function hasFailed({ status, errors }: TestResult): boolean {
  return (
    status === 'failed' &&
    errors.some(({ message = '' }) => !/time(?:d )?out|not within \d+ ms/i.test(message))
  );
}

function lineOf(test: TestCase, result: TestResult): Line {
  const said = (type: string) =>
    [...new Set(result.annotations.filter((one) => one.type === type))].map(
      ({ description }) => description ?? '',
    );
  const residual = result.annotations.some(({ type }) => type === 'residual');
  const ran = result.status !== 'skipped';
  const isBroken = !test.ok() || test.results.some(hasFailed);
  const verdict = isBroken ? 'BROKEN' : residual ? 'residual' : 'held';
  return {
    engine: test.parent.project()?.name ?? '',
    rows: said('row').map(Number),
    attack: test.title,
    tried: said('tries').join('; '),
    saw: said('saw').join('; '),
    verdict: ran ? verdict : 'not run',
  };
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ rows: ids, attack, tried, saw, verdict }) =>
    [ids.join(', '), attack, tried, saw, verdict].map(cell).join(' | '),
  );
  return ['row | attack | tried | saw | verdict', '--- | --- | --- | --- | ---', ...rows].join(
    '\n',
  );
}

const count = (lines: readonly Line[], verdict: Line['verdict']) =>
  lines.filter((line) => line.verdict === verdict).length;

/** Writes one readable table per engine: threat, attack, what it tried, what it saw, verdict. */
export default class AttackReport implements Reporter {
  /** By the test: one that is tried again has one line, its last. */
  readonly #lines = new Map<string, Line>();

  printsToStdio(): boolean {
    return false;
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (/[/\\](attacks|webkit|pages)[/\\]/.test(test.location.file)) {
      this.#lines.set(test.id, lineOf(test, result));
    }
  }

  /** An attack that went through fails the run, though it did not when it was tried again. */
  onEnd(): Promise<{ status: 'failed' } | undefined> {
    mkdirSync(FOLDER, { recursive: true });
    const all = [...this.#lines.values()];
    for (const engine of new Set(all.map((line) => line.engine))) {
      const lines = all
        .filter((line) => line.engine === engine)
        .sort((a, b) => (a.rows[0] ?? 99) - (b.rows[0] ?? 99));
      const [held, broken] = [count(lines, 'held'), count(lines, 'BROKEN')];
      const sum = `${held} held, ${broken} broken, ${count(lines, 'residual')} residual, ${count(lines, 'not run')} not run`;
      const file = join(FOLDER, `attacks-${engine}.md`);
      writeFileSync(file, `# Attacks in ${engine}: ${sum}\n\n${table(lines)}\n`);
      console.log(`attacks in ${engine}: ${sum}; see .reports/attacks-${engine}.md`);
    }
    return Promise.resolve(count(all, 'BROKEN') > 0 ? { status: 'failed' } : undefined);
  }
}
