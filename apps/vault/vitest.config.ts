import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/snapshot.ts'],
    maxWorkers: 2,
    // Two hundred files import the same server: read once for each worker, a third of their time is saved. What a
    // test changes of its process, it changes back.
    isolate: false,
    // No test measures time by these; on a machine that does three things at once five seconds are soon gone.
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
