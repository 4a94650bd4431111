/*
 * All that can be judged without running the product: format, types, lint, walls, unused code, the
 * published package, sizes. Runs everything and tells all that is wrong, not only the first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, root } from './built.ts';
import { overBudget } from './budgets.ts';

/** Fewer modules than this means that the cruiser could not read TypeScript. */
const LEAST_MODULES = 250;

type Verdict = { name: string; ok: boolean; said: string };

function run(name: string, command: string, args: readonly string[], cwd = root): Verdict {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { name, ok: status === 0, said: `${stdout}${stderr}`.trim() };
}

function projects(): string[] {
  const rooms = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  );
  return ['.workshop', 'e2e', ...rooms].filter((room) =>
    existsSync(join(root, room, 'tsconfig.json')),
  );
}

function walls(): Verdict {
  const args = ['--config', '.dependency-cruiser.cjs', 'packages', 'apps', 'e2e'];
  const verdict = run('walls', 'depcruise', args);
  const modules = Number(/(\d+) modules/.exec(verdict.said)?.[1] ?? 0);
  if (modules >= LEAST_MODULES) return verdict;
  return { ...verdict, ok: false, said: `only ${modules} modules were seen\n${verdict.said}` };
}

function sizes(): Verdict {
  const over = overBudget();
  return { name: 'sizes', ok: over.length === 0, said: over.join('\n') };
}

ensureBuilt();
const published = ['sdk', 'react', 'node', 'elements', 'testing'].map((name) =>
  join(root, 'packages', name),
);
const verdicts = [
  run('format', 'biome', ['format', '.']),
  ...projects().map((room) => run(`types ${room}`, 'tsc', ['-p', join(room, 'tsconfig.json')])),
  run('lint', 'oxlint', ['--type-aware', '--deny-warnings']),
  walls(),
  run('unused', 'knip', []),
  ...published.flatMap((folder) => [
    run('package', 'publint', ['--strict'], folder),
    run('package types', 'attw', ['--pack', '.', '--profile', 'esm-only'], folder),
  ]),
  sizes(),
];

for (const { name, ok, said } of verdicts) {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}`);
  if (!ok) console.log(said.replaceAll(/^/gm, '     '));
}
const failed = verdicts.filter((verdict) => !verdict.ok).length;
console.log(`\ncheck: ${verdicts.length - failed} ok, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
