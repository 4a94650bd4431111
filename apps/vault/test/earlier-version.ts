import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** The build of an earlier version, in a folder of its own. */
export type EarlierVersion = {
  readonly commit: string;
  /** Its command line. */
  readonly main: string;
  /** Its migrations. */
  readonly sql: string;
};

function git(...words: string[]): string | undefined {
  try {
    return execFileSync('git', words, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

/** What nodes may still run: the last release, or, before there is one, the last commit of the main line. */
export function previousCommit(): string | undefined {
  const release = git('describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD~1');
  const commit = git('rev-parse', '--verify', '--quiet', `${release ?? 'HEAD~1'}^{commit}`);
  if (commit === undefined) {
    console.warn('The clone has no commit before this one: upgrades are not rehearsed.');
    return undefined;
  }
  if (dependenciesAt(commit) !== dependenciesAt('HEAD')) {
    console.warn(`${commit} had other dependencies: upgrades from it are not rehearsed.`);
    return undefined;
  }
  return commit;
}

/** What is installed for the vault, and for what it is made of. */
function dependenciesAt(commit: string): string | undefined {
  const lines = git('show', `${commit}:pnpm-lock.yaml`)?.split('\n') ?? [];
  const from = lines.indexOf('  apps/vault:');
  const size = lines.slice(from + 1).findIndex((line) => /^ {2}\S/.test(line));
  return lines.slice(from, from + 1 + size).join('\n');
}

/** Builds a commit's vault with the dependencies that are installed here. */
export function buildEarlier(commit: string, folder: string): EarlierVersion {
  const root = join(folder, 'earlier');
  mkdirSync(root);
  const options = { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 };
  const paths = ['apps/vault', 'packages', 'vite.config.ts', 'package.json', 'tsconfig.base.json'];
  const tar = execFileSync('git', ['archive', commit, ...paths], options);
  execFileSync('tar', ['-x', '-C', root], { input: tar });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  // A room's links lead through relative paths, so that its neighbours are those of the same commit.
  for (const own of globSync(['apps/vault/node_modules', 'packages/*/node_modules'], { cwd: ROOT }))
    if (existsSync(join(root, dirname(own))))
      cpSync(join(ROOT, own), join(root, own), { recursive: true, verbatimSymlinks: true });
  const vault = join(root, 'apps/vault');
  const vite = join(vault, 'node_modules/.bin/vite');
  execFileSync(vite, ['build', '--logLevel', 'warn'], { cwd: vault, stdio: 'pipe' });
  return { commit, main: join(vault, 'dist/cli/main.js'), sql: join(vault, 'src/db/sql') };
}
