import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A folder outside this workspace, with packages of ours installed as from a registry. */
export type Outside = {
  readonly folder: string;
  write(file: string, text: string): void;
  /** Runs a program in the folder; answers what it said, and throws that when it failed. */
  run(command: string, ...args: string[]): string;
  dispose(): void;
};

/** Packs what would be published of the named packages, and installs the tarballs alone, without a network. */
export function packed(names: readonly string[]): Outside {
  const folder = mkdtempSync(join(tmpdir(), 'hushfield-packed-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  pack(names, folder);
  const tarballs = readdirSync(folder).map((file) => `./${file}`);
  write('package.json', JSON.stringify({ name: 'outside', private: true, type: 'module' }));
  run(folder, 'npm', 'install', '--offline', '--no-audit', '--no-fund', ...tarballs);
  return {
    folder,
    write,
    run: (command, ...args) => run(folder, command, ...args),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Packs what a registry would be given of the named packages into a folder. */
export function pack(names: readonly string[], folder: string): void {
  for (const name of names) {
    run(join(root, 'packages', name), 'pnpm', 'pack', '--pack-destination', folder);
  }
}

/** The workspace's own compiler, for a folder that has none. */
export const tsc: string = join(root, 'node_modules/.bin/tsc');

/** Runs a program; answers what it said, and throws that when it failed. */
export function run(cwd: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
