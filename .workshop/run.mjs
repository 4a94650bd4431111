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
// This process only passes on what it is told and waits for the child's own orderly end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
