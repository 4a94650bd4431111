import type { Bench } from '../bench.ts';
import { evaluate, type Session } from '../browser/cdp.ts';
import type { Family, Row } from '../row.ts';
import { during, visit } from '../browser/visit.ts';

const WARM_UP = 5;
const CYCLES = 50;

type Kept = {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly frames: number;
};

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Longer than the deadlines of a load that has ended: what a timer holds until then does not stay. */
const DEADLINES_MS = 4_000;

async function counted(page: Session): Promise<Kept> {
  await rest(DEADLINES_MS);
  // Frames go in several steps, each of which only the next collection can follow.
  for (let round = 0; round < 4; round += 1) {
    await rest(150);
    await page.send('HeapProfiler.collectGarbage');
  }
  const { metrics } = await page.send('Performance.getMetrics');
  const by = new Map(metrics.map(({ name, value }) => [name, value]));
  const metric = (name: string) => by.get(name) ?? Number.NaN;
  return {
    heap: metric('JSHeapUsedSize'),
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    frames: metric('Frames'),
  };
}

/**
 * Mounts and unmounts. In between, ours is asked to tokenize: the empty fields are refused, but only
 * after the controller has come and all fields have joined it, so that their lines are part of it.
 */
const cycle = async (times: number) => {
  for (let done = 0; done < times; done += 1) {
    await checkout.mount();
    await checkout.tokenize();
    checkout.unmount();
  }
};
/** Of the page. */
declare const checkout: {
  mount(): Promise<unknown>;
  tokenize(): Promise<unknown>;
  unmount(): void;
};

function perCycle(before: Kept, after: Kept, cycles: number): Kept {
  return {
    heap: (after.heap - before.heap) / cycles,
    nodes: after.nodes - before.nodes,
    listeners: after.listeners - before.listeners,
    frames: after.frames - before.frames,
  };
}

/**
 * What two runs of so many cycles leave behind. In the first the engine still compiles what has become
 * hot; what is kept for each mount is kept in the second as well.
 */
async function keptBy({ stage, browser }: Bench, path: string, cycles: number) {
  const { shop } = await stage();
  return during(await visit(browser, `${shop}${path}`), async ({ page }) => {
    await page.send('Performance.enable');
    await evaluate(page, cycle, WARM_UP);
    const before = await counted(page);
    await evaluate(page, cycle, cycles);
    const between = await counted(page);
    await evaluate(page, cycle, cycles);
    const after = await counted(page);
    return { first: perCycle(before, between, cycles), second: perCycle(between, after, cycles) };
  });
}

async function measure(bench: Bench): Promise<readonly Row[]> {
  const cycles = bench.repeat(CYCLES);
  const floor = await keptBy(bench, '/three-bare-idle', cycles);
  const ours = await keptBy(bench, '/separate-idle', cycles);
  const left = (name: 'nodes' | 'listeners' | 'frames'): Row => ({
    name: `${name} left after ${2 * cycles} cycles`,
    unit: 'count',
    floor: floor.first[name] + floor.second[name],
    ours: ours.first[name] + ours.second[name],
    judge: 'ours',
    budget: { max: 0 },
  });
  const heap: Row = {
    name: 'kept per mount and unmount',
    unit: 'kB',
    floor: floor.second.heap / 1_000,
    ours: ours.second.heap / 1_000,
    judge: 'ours',
    budget: { max: 1 },
    notes: [
      `three fields and a refused tokenize, cycles ${cycles + 1} to ${2 * cycles}; in the first ${cycles}, while the engine compiles, ${(ours.first.heap / 1_000).toFixed(1)} kB`,
    ],
    detail: { floor, ours },
  };
  return [heap, left('nodes'), left('listeners'), left('frames')];
}

export const kept: Family<Bench> = { name: 'kept', measure };
