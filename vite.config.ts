import { defineConfig } from 'vitest/config';

/** The browser floor. Everything the project ships to a browser is built for these. */
export const browserTargets = ['chrome109', 'edge109', 'firefox115', 'safari16.4'] as const;

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', '.workshop'],
  },
});
