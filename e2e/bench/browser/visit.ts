import { attachFrames, type Browser, type FrameOptions, openTab, type Tab } from './launch.ts';
import type { Session } from './cdp.ts';

const READY_MS = 20_000;

export type Visit = Tab & {
  /** From before the page's first script until it said that it is ready. */
  readonly ready: number;
  /** That moment on the clock all processes share, in milliseconds since 1970. */
  readonly at: number;
  /** Those attached from the start; none unless asked for. */
  readonly frames: readonly Session[];
};

function readOutcome(payload: string): { ready: number; at: number } {
  const said: unknown = JSON.parse(payload);
  if (typeof said !== 'object' || said === null) throw new Error('the page said nothing readable');
  if ('error' in said) throw new Error(`the page failed: ${String(said.error)}`);
  if ('ready' in said && 'at' in said) return { ready: Number(said.ready), at: Number(said.at) };
  throw new Error('the page said neither ready nor error');
}

function outcome(page: Session): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the page was not ready in time')), READY_MS);
    page.on('Runtime.bindingCalled', ({ name, payload }: { name: string; payload: string }) => {
      if (name !== 'benchDone') return;
      clearTimeout(timer);
      resolve(payload);
    });
  });
}

/**
 * Loads a page in a fresh context and waits until it says that it is ready. Frames are left alone
 * until then, unless `frames` is given.
 */
export async function visit(browser: Browser, url: string, frames?: FrameOptions): Promise<Visit> {
  const tab = await openTab(browser);
  try {
    await tab.page.send('Runtime.enable');
    await tab.page.send('Runtime.addBinding', { name: 'benchDone' });
    const attached = frames ? await attachFrames(tab.page, frames) : [];
    const said = outcome(tab.page);
    await tab.page.send('Page.navigate', { url });
    return { ...tab, ...readOutcome(await said), frames: attached };
  } catch (error) {
    await tab.close();
    throw error;
  }
}

/** Runs `work` on a loaded page and closes it, whatever happens. */
export async function during<T>(visit: Visit, work: (visit: Visit) => Promise<T>): Promise<T> {
  try {
    return await work(visit);
  } finally {
    await visit.close();
  }
}
