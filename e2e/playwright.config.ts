import { defineConfig } from '@playwright/test';
import { chromiumOptions } from './support/chromium.ts';

/** One browser, one worker: each test file brings its own servers, and two cores are common. */
export default defineConfig({
  testDir: '.',
  testMatch: '*/*.spec.ts',
  outputDir: '../.reports/e2e',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // A shopper's whole journey takes two or three seconds; the servers' start counts for itself.
  timeout: 30_000,
  expect: { timeout: 5_000 },
  reporter: [['line'], ['json', { outputFile: '../.reports/e2e.json' }]],
  use: {
    launchOptions: chromiumOptions(),
    viewport: { width: 1280, height: 900 },
    actionTimeout: 10_000,
    trace: 'off',
    screenshot: 'off',
  },
});
