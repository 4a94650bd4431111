/*
 * A second checkout to break on purpose. Sources, built files and each room's own links are real
 * copies; only the root's `node_modules` and `.tools`, which nobody here writes to, are shared by a
 * symbolic link. A room's links lead through relative paths, so that `@hushfield/bridge` is the
 * copy's bridge and not the original's.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const ORIGINAL = join(import.meta.dirname, '..');
const SHARED = ['node_modules', '.tools'];
const LEFT_OUT = new Set([...SHARED, '.git', '.data', '.reports', 'coverage']);

/** The sources were not what a change expects of them: a defence that moved must be noticed. */
export class NoSuchText extends Error {
  override readonly name = 'NoSuchText';
}

/** A copy of the project in a folder of its own. */
export class TreeCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hushfield-copy-'));
  readonly root = join(this.#folder, 'project');

  constructor() {
    cpSync(ORIGINAL, this.root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !LEFT_OUT.has(relative(ORIGINAL, path)),
    });
    for (const name of SHARED) this.#link(join(ORIGINAL, name), join(this.root, name));
    // The test vectors, where a clone has them beside it.
    this.#link(join(ORIGINAL, '../shared'), join(this.#folder, 'shared'));
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  /**
   * Replaces the one place in a file that reads `from`.
   *
   * @returns a function that puts the file back.
   * @throws NoSuchText when it is not there exactly once.
   */
  replace(file: string, from: string, to: string): () => void {
    const path = join(this.root, file);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const found = before.split(from).length - 1;
    if (found !== 1) throw new NoSuchText(`${file} holds this ${found} times, not once:\n${from}`);
    writeFileSync(
      path,
      before.replace(from, () => to),
    );
    return () => writeFileSync(path, before);
  }

  /** @throws Error with the builder's own words. */
  buildFrames(): void {
    this.#run('apps/fields', process.execPath, ['build.ts']);
  }

  /** The SDK as a script tag and as a module; its types do not matter to a browser. */
  buildSdk(): void {
    const vite = join(this.root, 'packages/sdk/node_modules/.bin/vite');
    for (const mode of ['npm', 'script']) {
      this.#run('packages/sdk', vite, ['build', '--mode', mode, '--logLevel', 'warn']);
    }
  }

  buildVault(): void {
    const vite = join(this.root, 'apps/vault/node_modules/.bin/vite');
    this.#run('apps/vault', vite, ['build', '--logLevel', 'warn']);
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #link(target: string, path: string): void {
    if (existsSync(target)) symlinkSync(target, path, 'junction');
  }

  #run(room: string, command: string, args: readonly string[]): void {
    const cwd = join(this.root, room);
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${room} does not build:\n${stdout}${stderr}`);
  }
}
