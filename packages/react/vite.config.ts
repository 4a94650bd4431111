import { defineConfig } from 'vite';
import { browserTargets } from '../../vite.config.ts';

/** One module without React in it, and without the SDK, of which it needs the types alone. */
export default defineConfig({
  build: {
    target: [...browserTargets],
    minify: true,
    emptyOutDir: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'index.js' },
    rolldownOptions: {
      external: [/^react(\/|$)/],
      // A server component may render these; they run where there are effects.
      output: { banner: "'use client';" },
    },
  },
});
