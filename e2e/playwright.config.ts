import { defineConfig, type Project } from '@playwright/test';
import {
  chromiumOptions,
  chromiumShellOptions,
  firefoxOptions,
  type Launch,
  webkitDriver,
  webkitOptions,
} from './support/engines.ts';

/*
 * Two workers: each test file brings its own servers, and two cores are common. With three it is four minutes less, and
 * what is compared by the tick or by the picture was once in two runs not as it is on a machine that keeps up.
 *
 * Tags: `@full` runs in `pnpm attack` only, and `@once` there or in Chromium; `@chromium` and `@firefox`
 * need what only that engine has.
 * Everything runs in Chromium; the attacks and what `OWN` names run in Firefox too, and in Playwright's
 * WebKit where that is installed, and there with `@full` also the pages and more journeys. The system's WebKit, which
 * Playwright cannot drive, runs what is in `webkit/`.
 */
const full = process.env['HUSHFIELD_ATTACK'] === 'full';
/** Typing, reaching the inputs, the clipboard, and what happens when something fails: engines differ most there. */
const OWN = [
  'journeys/typing.spec.ts',
  'journeys/failure.spec.ts',
  'journeys/reveal.spec.ts',
  'a11y/reach.spec.ts',
];
const MORE = ['pages/*.spec.ts', 'journeys/{secrets,networks,split}.spec.ts'];
const ACROSS = ['attacks/*.spec.ts', ...OWN, ...(full ? MORE : [])];

function project(
  name: 'chromium' | 'firefox' | 'webkit',
  launchOptions: Launch | undefined,
  match: Pick<Project, 'testMatch' | 'testIgnore'>,
): Project[] {
  if (!launchOptions) return [];
  const others = ['chromium', 'firefox'].filter((other) => other !== name);
  const left = full ? [] : name === 'chromium' ? ['full'] : ['full', 'once'];
  const excluded = [...others, ...left].map((tag) => `@${tag}\\b`).join('|');
  const { channel, ...options } = launchOptions;
  return [
    {
      name,
      ...match,
      grepInvert: new RegExp(excluded),
      use: {
        browserName: name,
        launchOptions: { ...options, ...(channel === undefined ? {} : { channel }) },
      },
    },
  ];
}

/** What the browser around a page has a part in: saved cards, clipboard, focus, letters as they are drawn. */
const AROUND = [
  'journeys/{autofill,contact-sheets,input-methods,reveal,typing}.spec.ts',
  'attacks/{dragging,exits,focus,focus-honest,mirroring,overlay,shown,traces}.spec.ts',
];

/** The pages' part of Chromium alone is enough for most, but not for `pnpm attack`. */
function inChromium(): Project[] {
  const shell = full ? undefined : chromiumShellOptions();
  const whole = chromiumOptions();
  const all = { testMatch: '*/*.spec.ts', testIgnore: ['webkit/**'] };
  if (!shell) return project('chromium', whole, all);
  return [
    ...project('chromium', shell, { ...all, testIgnore: [...all.testIgnore, ...AROUND] }),
    ...project('chromium', whole, { testMatch: AROUND }),
  ];
}

const smoke: Project[] = webkitDriver() ? [{ name: 'webkit', testMatch: 'webkit/*.spec.ts' }] : [];

export default defineConfig({
  testDir: '.',
  globalSetup: './support/empty-database.ts',
  outputDir: '../.reports/e2e',
  // What contact sheets are compared with, unpacked from `sheets`.
  snapshotPathTemplate: '{testDir}/../.reports/sheets/kept/{arg}{ext}',
  workers: full ? 1 : 2,
  retries: 0,
  forbidOnly: true,
  // A shopper's whole journey takes two or three seconds; the servers' start counts for itself.
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [
    ['line'],
    ['json', { outputFile: '../.reports/e2e.json' }],
    ['./support/attack-report.ts'],
  ],
  use: {
    viewport: { width: 1280, height: 900 },
    actionTimeout: 10_000,
    trace: 'off',
    screenshot: 'off',
  },
  projects: [
    ...inChromium(),
    ...project('firefox', firefoxOptions(), { testMatch: ACROSS }),
    ...project('webkit', webkitOptions(), { testMatch: ACROSS }),
    ...smoke,
  ],
});
