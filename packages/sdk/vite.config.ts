import { defineConfig } from 'vite';
import { browserAliases, browserTargets, minifiedTwice } from '../../vite.config.ts';

/** What the parts of the SDK call one another by, and nobody else. */
const INTERNAL =
  /^(callers|focusFrame|is(Loading|Mounted)|issues|on(Connected|Event|Fail|Ready|Reload)|optional|safeParse|settled|success|timeoutMs)$/;

/** `vite build --mode npm` gives the ES module, `--mode script` the script tag. */
export default defineConfig(({ mode }) => ({
  resolve: { alias: browserAliases },
  plugins: [minifiedTwice(INTERNAL)],
  build: {
    target: [...browserTargets],
    emptyOutDir: false,
    minify: true,
    rolldownOptions: { checks: { pluginTimings: false } },
    lib:
      mode === 'script'
        ? {
            entry: 'src/entry/script.ts',
            formats: ['iife'],
            name: 'hushfieldScript',
            fileName: () => 'hushfield.js',
          }
        : { entry: 'src/entry/npm.ts', formats: ['es'], fileName: () => 'index.js' },
  },
}));
