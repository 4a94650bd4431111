import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { browserAliases } from '../../vite.config.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const SDK = here('../sdk/src/');

/** What the fake puts in the place of the SDK's own: all that touches a frame. */
const REPLACED: ReadonlyMap<string, string> = new Map([
  ['./mounting.ts', here('src/fake/mounting.ts')],
  ['./controller.ts', here('src/fake/controller.ts')],
]);

/** What asks a page for a DOM. */
const WITH_DOM = new Set([`${SDK}element.ts`, `${SDK}notice.ts`]);

/**
 * The fake is the SDK itself with its frames taken out, so that it cannot drift: its options, states,
 * events, errors and turns are the same code.
 */
function withoutFrames(): Plugin {
  return {
    name: 'without-frames',
    enforce: 'pre',
    resolveId(source, importer) {
      // One class of errors for a page and its tests, or `instanceof` would tell them apart.
      if (source.endsWith('/hushfield-error.ts')) {
        return this.resolve('@hushfield/sdk', here('src/'));
      }
      return importer?.startsWith(SDK) ? REPLACED.get(source) : undefined;
    },
    transform(code, id) {
      if (!WITH_DOM.has(id)) return undefined;
      return `import { document, Element } from '${here('src/fake/dom.ts')}';${code}`;
    },
  };
}

export default defineConfig({
  resolve: { alias: browserAliases },
  plugins: [withoutFrames()],
  build: {
    target: 'es2022',
    minify: false,
    emptyOutDir: false,
    lib: {
      entry: {
        fake: here('src/fake/index.ts'),
        playwright: here('src/playwright/index.ts'),
        cards: here('src/cards/index.ts'),
      },
      formats: ['es'],
    },
    rolldownOptions: { external: ['@hushfield/sdk'] },
  },
});
