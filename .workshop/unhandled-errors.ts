import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

type Failure = { readonly message: string };

/** Where it is written: the report of Vitest has no place for it. */
export const UNHANDLED = join(import.meta.dirname, '../.reports/unhandled.json');

/** Notes what failed outside any test, such as a promise that nobody waited for. */
export default class UnhandledErrors implements Reporter {
  onTestRunEnd(_modules: readonly TestModule[], errors: readonly Failure[]): void {
    writeFileSync(UNHANDLED, JSON.stringify(errors.map(({ message }) => message)));
  }
}
