import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { type MangleOptions, minify } from 'terser';
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

const bytes = (code: string) => brotliCompressSync(code).length;

async function minified(code: string, mangle: MangleOptions): Promise<string> {
  const compress = { passes: 3, ecma: 2020 } as const;
  const options = { compress, mangle, format: { ecma: 2020 }, module: true } as const;
  return (await minify(code, options)).code ?? code;
}

/**
 * Terser after Vite's own minifier: 2 to 3 % less than either alone of what a shopper downloads. No unsafe
 * transforms: what they assume of getters and prototypes does not hold in a hostile page. Twice, since the second
 * time it gives names by which letters are there already, where that is less.
 *
 * @param internal - properties to rename, of a bundle that is one file: on no wire, in no public type, in no text.
 */
export const minifiedTwice = (internal?: RegExp): Plugin => ({
  name: 'minified-twice',
  async generateBundle(_options, bundle) {
    const properties = internal !== undefined && { regex: internal };
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      const named = await minified(chunk.code, { properties });
      const again = await minified(named, {});
      chunk.code = bytes(again) < bytes(named) ? again : named;
    }
  },
});

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
