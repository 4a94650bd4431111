import { type Browser, startBrowser } from './browser/launch.ts';
import { createDatabase } from './stage/postgres.ts';
import type { Resources } from './resources.ts';
import { openSlowStage, openStage, type Stage } from './stage/stage.ts';

/** What a family of rows may use; each thing is opened when first asked for. */
export type Bench = {
  readonly browser: Browser;
  readonly resources: Resources;
  readonly databaseUrl: string;
  readonly portBase: number;
  readonly stage: () => Promise<Stage>;
  readonly slowStage: () => Promise<Stage>;
  /** How often to repeat: `full` times, or a few when only the harness is tried. */
  readonly repeat: (full: number) => number;
};

export type BenchOptions = {
  readonly resources: Resources;
  readonly chromium: string;
  readonly databaseUrl: string;
  readonly portBase: number;
  readonly quick: boolean;
};

const SLOW_PORTS = 20;

function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => (opened ??= open());
}

export async function openBench(options: BenchOptions): Promise<Bench> {
  const { resources, databaseUrl, portBase, quick } = options;
  return {
    browser: await startBrowser(resources, options.chromium),
    resources,
    databaseUrl,
    portBase,
    stage: once(async () => {
      const own = await createDatabase(databaseUrl, 'hushfield_bench_fast');
      return openStage(resources, { portBase, databaseUrl: own });
    }),
    slowStage: once(async () => {
      const own = await createDatabase(databaseUrl, 'hushfield_bench_slow');
      return openSlowStage(resources, { portBase: portBase + SLOW_PORTS, databaseUrl: own });
    }),
    repeat: (full) => (quick ? Math.max(2, Math.ceil(full / 7)) : full),
  };
}
