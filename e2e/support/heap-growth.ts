import type { CDPSession, Page } from '@playwright/test';

/** What a page's process holds; frames of other sites are in processes of their own. */
export type Held = {
  readonly bytes: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly frames: number;
};

/** Longer than the deadlines of a load that has ended: what a timer holds until then does not stay. */
const DEADLINES_MS = 4_000;

async function held(page: Page, session: CDPSession): Promise<Held> {
  await page.waitForTimeout(DEADLINES_MS);
  // Frames go in several steps, each of which only the next collection can follow.
  for (let round = 0; round < 4; round += 1) {
    await page.waitForTimeout(150);
    await session.send('HeapProfiler.collectGarbage');
  }
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return {
    bytes: of('JSHeapUsedSize'),
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    frames: of('Frames'),
  };
}

/**
 * What so many cycles leave behind, after as many that came before: in those the engine still compiles what
 * has become hot, and what is kept for each mount is kept in the later ones as well.
 *
 * @param cycle - one mount and unmount, as text: an async function's body in the page.
 */
export async function growth(page: Page, cycle: string, cycles: number): Promise<Held> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const run = (times: number) =>
    page.evaluate(`(async () => { for (let n = 0; n < ${times}; n += 1) { ${cycle} } })()`);
  await run(cycles);
  const before = await held(page, session);
  await run(cycles);
  const after = await held(page, session);
  await session.detach();
  return {
    bytes: after.bytes - before.bytes,
    nodes: after.nodes - before.nodes,
    listeners: after.listeners - before.listeners,
    frames: after.frames - before.frames,
  };
}
