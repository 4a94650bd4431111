import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cdp, type Session } from './cdp.ts';
import type { Resources } from '../resources.ts';

const FLAGS = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--site-per-process',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--hide-scrollbars',
  // A document that is not in front would have its frames slowed down.
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
];

export type Browser = { readonly cdp: Cdp; readonly version: string };

/** A page in a context of its own: empty cache, no connections, no processes shared. */
export type Tab = { readonly page: Session; close(): Promise<void> };

export async function startBrowser(resources: Resources, path: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'hushfield-bench-'));
  resources.add(() => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  // Chromium has no sandbox for root; the pages are our own.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = resources.spawn(path, [...FLAGS, ...root, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , , toBrowser, fromBrowser] = child.stdio;
  if (!toBrowser || !fromBrowser || !('write' in toBrowser) || !('read' in fromBrowser)) {
    throw new Error('no pipe to Chromium');
  }
  const cdp = new Cdp(fromBrowser, toBrowser);
  const { product } = await cdp.root.send('Browser.getVersion');
  return { cdp, version: product };
}

export async function openTab({ cdp }: Browser): Promise<Tab> {
  const { browserContextId } = await cdp.root.send('Target.createBrowserContext');
  const target = { url: 'about:blank', browserContextId, width: 800, height: 700 };
  const { targetId } = await cdp.root.send('Target.createTarget', target);
  const { sessionId } = await cdp.root.send('Target.attachToTarget', { targetId, flatten: true });
  return {
    page: cdp.session(sessionId),
    async close() {
      await cdp.root.send('Target.disposeBrowserContext', { browserContextId });
      cdp.forget(sessionId);
    },
  };
}

export type FrameOptions = {
  /** Hold each new frame until this script has been put in front of its own. */
  readonly before?: string;
};

/**
 * Attaches to the frames that run in another process, those that are there and those that come. The
 * list grows as they do.
 */
export async function attachFrames(
  page: Session,
  { before }: FrameOptions = {},
): Promise<readonly Session[]> {
  const frames: Session[] = [];
  page.on('Target.attachedToTarget', ({ sessionId }: { sessionId: string }) => {
    const frame = page.cdp.session(sessionId);
    frames.push(frame);
    if (before === undefined) return;
    const source = { source: before };
    void frame.send('Page.enable').catch(() => {});
    void frame.send('Page.addScriptToEvaluateOnNewDocument', source).catch(() => {});
    void frame.send('Runtime.runIfWaitingForDebugger').catch(() => {});
  });
  await page.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: before !== undefined,
    flatten: true,
  });
  return frames;
}
