/* `pnpm hushfield <command>`: the command line, on the same data that `pnpm start` works on. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, hushfieldMain, root } from './built.ts';

ensureBuilt();
const child = spawn(process.execPath, [...hushfieldMain, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { HUSHFIELD_DATA_DIR: join(root, '.data'), ...process.env },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
