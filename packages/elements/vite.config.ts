import { defineConfig } from 'vite';
import { browserTargets, minifiedTwice } from '../../vite.config.ts';

export default defineConfig({
  plugins: [
    {
      name: 'one-module',
      enforce: 'pre',
      // The entry that registers is a line that imports the other one.
      resolveId: (source, importer) =>
        importer?.endsWith('/register.ts') ? { id: './index.js', external: true } : undefined,
    },
    minifiedTwice(),
  ],
  build: {
    target: [...browserTargets],
    emptyOutDir: false,
    lib: { entry: { index: 'src/index.ts', register: 'src/register.ts' }, formats: ['es'] },
    rolldownOptions: {
      checks: { pluginTimings: false },
      // A page that uses the SDK too has it once.
      external: ['@hushfield/sdk'],
      // Vite leaves the spaces of a library to whoever bundles it; this one is also loaded as it is.
      output: { minify: true },
    },
  },
});
