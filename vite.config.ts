import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The browser floor. Everything the project ships to a browser is built for these. */
export const browserTargets = ['chrome109', 'edge109', 'firefox115', 'safari16.4'] as const;

/**
 * Browser bundles read the same schemas through a compact reader: zod itself would be most of what a
 * shopper downloads. That the two agree is shown by differential tests in packages/schema.
 */
export const browserAliases = {
  'zod/mini': fileURLToPath(new URL('packages/schema/src/index.ts', import.meta.url)),
};

export default defineConfig({
  test: {
    projects: ['packages/*', 'apps/*', '.workshop'],
  },
});
