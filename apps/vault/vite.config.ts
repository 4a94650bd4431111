import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const SRC = join(import.meta.dirname, 'src');
const DIST = join(import.meta.dirname, 'dist');
/** Read at run time, from beside the module that wants them. */
const READ = ['db/sql', 'db/schema.txt', 'openapi/page.css'];

const besideModules: Plugin = {
  name: 'beside-modules',
  closeBundle() {
    for (const path of READ) cpSync(join(SRC, path), join(DIST, path), { recursive: true });
  },
};

/**
 * The server as JavaScript, module for module: Node could run the sources themselves, and would keep a
 * compiler in memory for it, a seventh of what an API process takes.
 */
export default defineConfig({
  plugins: [besideModules],
  ssr: { noExternal: [/^@hushfield\//] },
  build: {
    ssr: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: ['main.ts', 'cli/main.ts', 'keys/kek/pkcs11-process.ts'].map((file) =>
        join(SRC, file),
      ),
      output: { preserveModules: true, preserveModulesRoot: SRC, entryFileNames: '[name].js' },
    },
  },
});
