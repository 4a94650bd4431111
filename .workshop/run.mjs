// `node .workshop/run.mjs <task> [args]`: the one door of every script in package.json.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, env, root } from './bootstrap.mjs';

const [task = '', ...args] = process.argv.slice(2);
const file = join(root, '.workshop', `${task}.ts`);
if (!/^[a-z0-9]+$/.test(task) || !existsSync(file)) {
  console.error(`There is no task "${task}".`);
  process.exit(2);
}

bootstrap();
const child = spawn('node', [file, ...args], { cwd: root, stdio: 'inherit', env });
// Ctrl-C reaches the whole group; this process only waits for the child's own orderly end.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
