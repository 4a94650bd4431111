import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { build } from 'vite';
import { scriptOf } from './bundle.ts';
import { honestPage } from './honest-page.ts';
import type { Merchant } from './merchant.ts';

/** Every major version that the adapter is for. */
export const REACTS = ['18', '19'] as const;
export type React = (typeof REACTS)[number];

const E2E = join(import.meta.dirname, '..');

/** What the application has seen, see `react-app/main.tsx`. */
export type Seen = {
  asked: { groups: number; elements: number; updates: object[] };
  heard: string[];
};

type Mode = 'development' | 'production';

async function bundle(react: React, mode: Mode): Promise<string> {
  const folder = (name: string) => join(E2E, 'node_modules', react === '18' ? `${name}-18` : name);
  const result = await build({
    configFile: false,
    root: E2E,
    mode,
    logLevel: 'error',
    // StrictMode mounts twice in React's development build alone.
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    resolve: {
      alias: [
        { find: /^react(?=$|\/)/, replacement: folder('react') },
        { find: /^react-dom(?=$|\/)/, replacement: folder('react-dom') },
      ],
    },
    build: {
      write: false,
      minify: false,
      rolldownOptions: {
        input: 'react-app/main.tsx',
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  return scriptOf(result);
}

const bundles = new Map<string, Promise<string>>();

/** Opens the application; `first` is what it shows at first, in the place of one card. */
export async function openApp(
  page: Page,
  merchant: Merchant,
  {
    react = '19',
    mode = 'development',
    first = {},
    headers = {},
  }: { react?: React; mode?: Mode; first?: object; headers?: Record<string, string> } = {},
): Promise<void> {
  const name = react + mode;
  const code = await (bundles.get(name) ?? bundle(react, mode));
  bundles.set(name, Promise.resolve(code));
  const script = `window.FIRST = ${JSON.stringify(first)};${code}`;
  await page.goto(honestPage(merchant, { script, body: '<div id="root"></div>', headers }));
}

/** Changes what the application shows, and waits until it has rendered. */
export async function show(page: Page, change: object): Promise<void> {
  const renders = Number(await page.locator('main').getAttribute('data-renders'));
  await page.evaluate((change) => Reflect.get(window, 'show')(change), change);
  await page.locator(`main[data-renders="${renders + 1}"]`).waitFor();
}

export function seen(page: Page): Promise<Seen> {
  return page.evaluate(() => Reflect.get(window, 'seen'));
}

/** Waits until an event was heard so many times. */
export async function hears(page: Page, what: string, times = 1): Promise<void> {
  await page.waitForFunction(
    ([what, times]) =>
      Reflect.get(window, 'seen').heard.filter((one: string) => one === what).length >= times,
    [what, times] as const,
  );
}
