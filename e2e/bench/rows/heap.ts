import { attachFrames } from '../browser/launch.ts';
import type { Bench } from '../bench.ts';
import type { Session } from '../browser/cdp.ts';
import type { Family, Row } from '../row.ts';
import { median, summary } from '../stats.ts';
import { proveTypeable } from '../browser/typing.ts';
import { during, visit } from '../browser/visit.ts';

/** After "ready" and typing, until the controller has come too and all is quiet. */
const SETTLE_MS = 1_200;

/** Frames of one site share a process and its heap, so any of them tells for all. */
async function heapOf(frame: Session): Promise<number> {
  for (let round = 0; round < 2; round += 1) await frame.send('HeapProfiler.collectGarbage');
  await frame.send('Performance.enable');
  const { metrics } = await frame.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}

async function measureOnce(bench: Bench, path: string): Promise<number> {
  const { shop } = await bench.stage();
  return during(await visit(bench.browser, `${shop}${path}`), async ({ page }) => {
    const frames = await attachFrames(page);
    await proveTypeable(page, frames, 3);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const heaps = await Promise.all(frames.map(heapOf));
    return Math.max(...heaps) / 1_000_000;
  });
}

async function measure(bench: Bench): Promise<readonly Row[]> {
  const floor: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < bench.repeat(5); round += 1) {
    floor.push(await measureOnce(bench, '/three-bare'));
    ours.push(await measureOnce(bench, '/separate'));
  }
  return [
    {
      name: "heap of the fields' process, three frames",
      unit: 'MB',
      floor: median(floor),
      ours: median(ours),
      judge: 'ours',
      budget: { max: 1.3 },
      notes: ['ours with the hidden controller, which is in the same process'],
      detail: { floor: summary(floor), ours: summary(ours) },
    },
  ];
}

export const heap: Family<Bench> = { name: 'heap', measure };
