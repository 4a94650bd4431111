import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Quiet, and able to run as root in a container. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * How to start Chromium: the one that is named, else Playwright's own if it is installed, else the
 * system's.
 *
 * @throws Error saying how to get one.
 */
export function chromiumOptions(): { executablePath: string; args: string[] } {
  const named = process.env['HUSHFIELD_CHROMIUM'];
  const found = [named ?? chromium.executablePath(), ...(named ? [] : SYSTEM)].find(existsSync);
  if (found !== undefined) return { executablePath: found, args: ARGS };
  throw new Error(
    'No Chromium. Run "pnpm exec playwright install chromium" in e2e, install the system\'s package, or set HUSHFIELD_CHROMIUM.',
  );
}
