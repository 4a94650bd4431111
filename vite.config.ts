import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './.workshop/longest-first.ts';

/** The browser floor. Everything the project ships to a browser is built for these. */
export const browserTargets = ['chrome109', 'edge109', 'firefox115', 'safari16.4'] as const;

const LIVE_HANDLERS = /\[\s*\["proxy", \w+\],\s*\["throw", \w+\],\s*\]/;

/**
 * Comlink without the two handlers that pass live callbacks and thrown errors. The bridge deletes them
 * before it exposes anything (see packages/bridge); so built, what they drag along is not even shipped: all of
 * Comlink's calling half, some 900 bytes of a field.
 */
export const withoutLiveHandlers: Plugin = {
  name: 'without-live-handlers',
  transform(code, id) {
    if (!id.endsWith('/comlink/dist/esm/comlink.mjs')) return undefined;
    if (!LIVE_HANDLERS.test(code)) throw new Error('Comlink has other handlers than it had');
    return { code: code.replace(LIVE_HANDLERS, '[]'), map: null };
  },
};

/**
 * Terser after Vite's own minifier: 2 to 3 % less than either alone of what a shopper downloads. No unsafe
 * transforms: what they assume of getters and prototypes does not hold in a hostile page.
 */
export const minifiedTwice: Plugin = {
  name: 'minified-twice',
  async generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      const { code } = await minify(chunk.code, {
        compress: { passes: 3, ecma: 2020 },
        format: { ecma: 2020 },
        module: true,
      });
      chunk.code = code ?? chunk.code;
    }
  },
};

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
    sequence: { sequencer: LongestFirst },
  },
});
