import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/snapshot.ts'],
    // Much of the time goes into waiting: for started processes, for PostgreSQL, for locks.
    maxWorkers: 2,
  },
});
