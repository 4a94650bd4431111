import { attachFrames } from '../browser/launch.ts';
import { evaluate } from '../browser/cdp.ts';
import type { Bench } from '../bench.ts';
import type { Family, Row } from '../row.ts';
import type { Stage } from '../stage/stage.ts';
import { median, summary } from '../stats.ts';
import { proveTypeable } from '../browser/typing.ts';
import { during, visit } from '../browser/visit.ts';

const PAGES = {
  '/three-bare': 3,
  '/separate': 3,
  '/one-bare': 1,
  '/card': 3,
} as const;
type Path = keyof typeof PAGES;
type Times = Readonly<Record<Path, readonly number[]>>;

/** One cold load: timed with nothing attached to the frames, then proven by typing. */
async function coldLoad({ browser }: Bench, stage: Stage, path: Path): Promise<number> {
  const visited = await visit(browser, `${stage.shop}${path}`);
  return during(visited, async ({ page, ready }) => {
    await proveTypeable(page, await attachFrames(page), PAGES[path]);
    return ready;
  });
}

/** Put into each frame before its own script: tries all inputs the moment the page says ready. */
const WITNESS = `addEventListener('message', ({ data }) => {
  if (data !== 'bench-probe' || globalThis.benchProbe) return;
  const inputs = [...document.querySelectorAll('input')];
  const focused = inputs.filter((input) => {
    input.focus();
    return document.activeElement === input && !input.disabled && input.getClientRects().length > 0;
  });
  globalThis.benchProbe = { focused: focused.length, at: performance.timeOrigin + performance.now() };
});`;

type Probe = { readonly focused: number; readonly at: number };

/**
 * Whether every input took the focus when the page was told that all is ready, asked by a message
 * that the page sends in that very moment.
 *
 * @returns how long after "ready" the last frame had answered.
 */
async function witnessedLoad({ browser }: Bench, stage: Stage, path: Path): Promise<number> {
  const visited = await visit(browser, `${stage.shop}${path}`, { before: WITNESS });
  return during(visited, async ({ at, frames }) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const probes: Probe[] = [];
    for (const frame of frames) {
      const probe = await evaluate(frame, () => Reflect.get(globalThis, 'benchProbe') as Probe);
      if (probe) probes.push(probe);
    }
    const focused = probes.reduce((sum, probe) => sum + probe.focused, 0);
    if (focused !== PAGES[path]) {
      throw new Error(`${path} said ready when ${focused} of ${PAGES[path]} inputs took the focus`);
    }
    return Math.max(...probes.map((probe) => probe.at - at));
  });
}

/** Loads the pages in turn, in both orders, so that no page always follows the same one. */
async function interleaved(
  bench: Bench,
  stage: Stage,
  paths: readonly Path[],
  rounds: number,
): Promise<Times> {
  const times: Record<Path, number[]> = {
    '/three-bare': [],
    '/separate': [],
    '/one-bare': [],
    '/card': [],
  };
  // The first load of each fills the caches of the server and of the machine, not the browser's.
  for (const path of paths) await coldLoad(bench, stage, path);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? paths : paths.toReversed();
    for (const path of order) times[path].push(await coldLoad(bench, stage, path));
  }
  return times;
}

function row(name: string, times: Times, [floor, ours]: readonly [Path, Path], max: number): Row {
  return {
    name,
    unit: 'ms',
    floor: median(times[floor]),
    ours: median(times[ours]),
    judge: 'ratio',
    budget: { max },
    detail: { floor: summary(times[floor]), ours: summary(times[ours]) },
  };
}

async function fastLoad(bench: Bench): Promise<readonly Row[]> {
  const stage = await bench.stage();
  const witnessed = [
    await witnessedLoad(bench, stage, '/separate'),
    await witnessedLoad(bench, stage, '/card'),
  ];
  const paths = ['/three-bare', '/separate', '/one-bare', '/card'] as const;
  const times = await interleaved(bench, stage, paths, bench.repeat(21));
  const note = `every input took the focus when ready was told (asked and answered within ${Math.max(...witnessed).toFixed(1)} ms)`;
  return [
    {
      ...row('three fields typeable, cold', times, ['/three-bare', '/separate'], 1.3),
      notes: [note],
    },
    row('combined card typeable, cold', times, ['/one-bare', '/card'], 1.6),
  ];
}

async function slowLoad(bench: Bench): Promise<readonly Row[]> {
  const stage = await bench.slowStage();
  const paths = ['/three-bare', '/separate'] as const;
  const times = await interleaved(bench, stage, paths, bench.repeat(9));
  return [row('three fields typeable, slow 4G', times, paths, 1.2)];
}

export const load: Family<Bench> = { name: 'load', measure: fastLoad };
export const slow: Family<Bench> = { name: 'slow', measure: slowLoad };
