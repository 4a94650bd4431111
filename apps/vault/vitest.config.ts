import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/snapshot.ts'],
    setupFiles: ['test/own-environment.ts'],
    maxWorkers: 2,
    // Two hundred files import the same server: read once for each worker, a third of their time is saved.
    isolate: false,
    // No test measures time by these; on a machine that does three things at once five seconds are soon gone.
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
