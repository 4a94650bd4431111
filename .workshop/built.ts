import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/**
 * What `node` is given wherever the vault runs. Node lets the space for young objects grow to many
 * times of what a request needs: a node under load has 160 MB with this, and 290 MB without.
 */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=8'];

/** The vault's command line, for `node`. */
export const hushfieldMain: readonly string[] = [
  ...NODE_FLAGS,
  join(root, 'apps/vault/dist/cli/main.js'),
];

/** Runs a command and ends the whole task when it fails. */
export function must(
  command: string,
  args: readonly string[],
  cwd: string = root,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', env });
  if (status !== 0) {
    console.error(`\n${command} ${args.join(' ')} failed; see above.`);
    process.exit(status ?? 1);
  }
}

const SOURCES = [
  'packages',
  'apps/fields',
  'apps/vault',
  'pnpm-lock.yaml',
  'vite.config.ts',
  'tsconfig.base.json',
];
const SKIPPED = new Set(['node_modules', 'dist', 'test']);

function* filesUnder(path: string): Generator<string> {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const full = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(full);
    else if (!entry.name.includes('.test.')) yield full;
  }
}

function sourceDigest(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    const files = source.includes('.') ? [path] : [...filesUnder(path)].sort();
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Also when a test asks for it: by the test's own `NODE_ENV` a bundler would make what is for developers. */
function make(command: string, args: readonly string[], cwd: string): void {
  must(command, args, cwd, { ...process.env, NODE_ENV: 'production' });
}

function library(name: string): void {
  const folder = join(root, 'packages', name);
  make('vite', ['build', '--logLevel', 'warn'], folder);
  make('tsc', ['-p', 'tsconfig.build.json'], folder);
}

/** Builds what browsers load, the SDK and the frame documents, what merchants install, and the server. */
export function build(): void {
  const sdk = join(root, 'packages/sdk');
  make('vite', ['build', '--mode', 'npm', '--logLevel', 'warn'], sdk);
  make('vite', ['build', '--mode', 'script', '--logLevel', 'warn'], sdk);
  make('tsc', ['-p', 'tsconfig.build.json'], sdk);
  make('node', ['build.ts'], join(root, 'apps/fields'));
  for (const name of ['react', 'node', 'elements', 'testing']) library(name);
  make('tsc', ['-p', 'tsconfig.fake.json'], join(root, 'packages/testing'));
  make('vite', ['build', '--logLevel', 'warn'], join(root, 'apps/vault'));
}

/** Builds unless nothing that goes into the build has changed since the last one. */
export function ensureBuilt(): void {
  const stamp = join(root, 'apps/fields/dist/.stamp');
  const digest = sourceDigest();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Building …');
  build();
  writeFileSync(stamp, digest);
}
