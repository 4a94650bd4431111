import { existsSync } from 'node:fs';
import { chromium, firefox, type LaunchOptions, webkit } from '@playwright/test';

/** How one engine is started here. */
export type Launch = LaunchOptions & { readonly executablePath: string };

const SYSTEM = {
  chromium: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
  webkit: ['/usr/bin/WebKitWebDriver'],
} as const;
export type Engine = keyof typeof SYSTEM;

/** Quiet, and able to run as root in a container. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const OWN = { chromium, firefox, webkit } as const;

function found(engine: Engine): { path: string; own: boolean } | undefined {
  const named = process.env[`HUSHFIELD_${engine.toUpperCase()}`];
  if (named) return { path: named, own: named === OWN[engine].executablePath() };
  const own = OWN[engine].executablePath();
  if (existsSync(own)) return { path: own, own: true };
  const path = SYSTEM[engine].find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : { path, own: false };
}

/** How to start Chromium: the one that is named, else Playwright's own, else the system's. */
export function chromiumOptions(): Launch | undefined {
  const there = found('chromium');
  return there && { executablePath: there.path, args: CHROMIUM_ARGS };
}

const SHELL = '/usr/bin/chromium-headless-shell';

/**
 * The same Chromium without the parts around the page, such as autofill, windows and permissions: what is left takes
 * half the time. Only beside the system's own.
 */
export function chromiumShellOptions(): Launch | undefined {
  const whole = chromiumOptions();
  if (whole?.executablePath !== SYSTEM.chromium[0] || !existsSync(SHELL)) return undefined;
  return { ...whole, executablePath: SHELL };
}

/** The same for Firefox. The system's speaks WebDriver BiDi; Playwright's own its own protocol. */
export function firefoxOptions(): Launch | undefined {
  const there = found('firefox');
  if (!there) return undefined;
  if (there.own) return { executablePath: there.path };
  return {
    executablePath: there.path,
    channel: 'moz-firefox',
    // With sites in processes of their own, keys sent over BiDi do not reach cross-origin frames.
    firefoxUserPrefs: { 'fission.webContentIsolationStrategy': 0 },
  };
}

/** Playwright's own WebKit, for which the same suite runs. */
export function webkitOptions(): Launch | undefined {
  const there = found('webkit');
  return there?.own ? { executablePath: there.path } : undefined;
}

/** The system's WebKit driver, which Playwright does not speak to: it gets a smoke of its own. */
export function webkitDriver(): string | undefined {
  const there = found('webkit');
  return there && !there.own ? there.path : undefined;
}
