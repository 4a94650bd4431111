import { defineConfig } from 'vite';

/** One module with the contract in it; zod stays a dependency, so that it is shared and patched. */
export default defineConfig({
  build: {
    target: 'node20',
    minify: false,
    emptyOutDir: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'index.js' },
    rolldownOptions: { external: [/^node:/, /^zod/, 'standardwebhooks'] },
  },
});
