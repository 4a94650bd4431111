import { join } from 'node:path';
import { build } from 'vite';
import { generateReceiveSeed, importReceiveSeed } from '@hushfield/crypto/open';
import { browserTargets } from '../../../vite.config.ts';
import type { Bench } from '../bench.ts';
import { openTab } from '../browser/launch.ts';
import { evaluate } from '../browser/cdp.ts';
import type { Family, Row } from '../row.ts';
import type { SealTimes, benchSeal as BenchSeal } from './seal-page.ts';
import { serve } from '../stage/static-server.ts';
import { median, summary } from '../stats.ts';

const PORT = 9;

/** The same build as the frames have. */
async function bundled(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    root: import.meta.dirname,
    build: {
      write: false,
      target: [...browserTargets],
      minify: true,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: join(import.meta.dirname, 'seal-page.ts'),
        output: { codeSplitting: false },
      },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  const chunk = first && 'output' in first ? first.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('no bundle');
  return chunk.code;
}

/** A secure origin whose clock has microseconds, which an isolated page may have. */
async function servePage({ resources, portBase }: Bench): Promise<string> {
  const isolated = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  };
  const html =
    '<!doctype html><meta charset="utf-8"><script type="module" src="/seal.js"></script>';
  const files = new Map([
    ['/', { body: Buffer.from(html), headers: { ...isolated, 'content-type': 'text/html' } }],
    [
      '/seal.js',
      {
        body: Buffer.from(await bundled()),
        headers: { ...isolated, 'content-type': 'text/javascript' },
      },
    ],
  ]);
  await serve(resources, portBase + PORT, files);
  return `http://127.0.0.1:${portBase + PORT}/`;
}

const runInPage = async (path: 'native' | 'fallback', key: string, times: number) => {
  while (!('benchSeal' in globalThis)) await new Promise((resolve) => setTimeout(resolve, 10));
  return (Reflect.get(globalThis, 'benchSeal') as typeof BenchSeal)(path, key, times);
};

async function freshPage(bench: Bench, url: string, path: 'native' | 'fallback', times: number) {
  const { publicKey } = importReceiveSeed(generateReceiveSeed());
  const key = Buffer.from(publicKey).toString('base64');
  const tab = await openTab(bench.browser);
  try {
    await tab.page.send('Page.navigate', { url });
    return await evaluate(tab.page, runInPage, path, key, times);
  } finally {
    await tab.close();
  }
}

async function measurePath(bench: Bench, url: string, path: 'native' | 'fallback', max: number) {
  const pages: SealTimes[] = [];
  const times = bench.repeat(200);
  for (let page = 0; page < 3; page += 1) pages.push(await freshPage(bench, url, path, times));
  const seals = pages.flatMap((page) => page.seals);
  const encapsulations = pages.flatMap((page) => page.encapsulations);
  const first = pages.map((page) => page.first);
  return {
    name: `seal in the frame, ${path}, p50`,
    unit: 'ms',
    floor: median(encapsulations),
    ours: median(seals),
    judge: 'ours',
    budget: { max },
    notes: [`floor is the encapsulation alone; first on a page ${median(first).toFixed(1)} ms`],
    detail: { floor: summary(encapsulations), ours: summary(seals), first: summary(first) },
  } satisfies Row;
}

export const seal: Family<Bench> = {
  name: 'seal',
  measure: async (bench) => {
    const url = await servePage(bench);
    return [
      await measurePath(bench, url, 'native', 1),
      await measurePath(bench, url, 'fallback', 6),
    ];
  },
};
