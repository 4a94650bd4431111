import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, run, tsc } from './packed.ts';
import type { React } from './react-app.ts';

const ROOT = join(import.meta.dirname, '../..');
const OURS = ['sdk', 'react'] as const;

const TYPES = {
  compilerOptions: {
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'bundler',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    jsx: 'react-jsx',
    types: [],
    strict: true,
    noEmit: true,
    // Our declarations are judged too, by a compiler that is as strict as they come.
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  },
  include: ['src'],
};

/** Packages of other people as they lie in the workspace's store, each with all that it needs. */
function fromStore(names: Readonly<Record<string, string>>): Map<string, string> {
  const folders = new Map<string, string>();
  const add = (name: string, folder: string) => {
    if (folders.has(name)) return;
    folders.set(name, folder);
    const manifest: { dependencies?: object } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    );
    for (const needed of Object.keys(manifest.dependencies ?? {})) {
      const paths = createRequire(join(folder, 'package.json')).resolve.paths(needed) ?? [];
      add(needed, firstOf(paths.map((path) => join(path, needed))));
    }
  };
  for (const [name, folder] of Object.entries(names)) {
    add(name, realpathSync(join(ROOT, 'e2e/node_modules', folder)));
  }
  return folders;
}

function firstOf(folders: readonly string[]): string {
  for (const folder of folders) {
    try {
      return realpathSync(folder);
    } catch {
      // Not there: Node looks on too.
    }
  }
  throw new Error(`none of these is there: ${folders.join(', ')}`);
}

/** An application outside of the workspace, whose packages npm has installed from what we publish. */
export class PackedApp {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'hushfield-packed-')));

  /** Packs what a registry would be given, and installs it beside a React; no registry is asked. */
  install(react: React): void {
    const old = react === '18' ? '-18' : '';
    const others = fromStore({
      react: `react${old}`,
      'react-dom': `react-dom${old}`,
      '@types/react': `@types/react${old}`,
      '@types/react-dom': `@types/react-dom${old}`,
    });
    const packed = join(this.#folder, 'packed');
    mkdirSync(packed);
    pack(OURS, packed);
    const tarballs = readdirSync(packed).map((file) => {
      const name = OURS.find((name) => file.startsWith(`hushfield-${name}-`));
      return [`@hushfield/${name}`, `file:packed/${file}`] as const;
    });
    for (const [name, folder] of others) {
      cpSync(folder, join(this.#folder, 'store', name), { recursive: true, dereference: true });
    }
    const stored = [...others.keys()].map((name) => [name, `file:store/${name}`] as const);
    const dependencies = Object.fromEntries([...tarballs, ...stored]);
    this.write('package.json', JSON.stringify({ private: true, type: 'module', dependencies }));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    run(this.#folder, 'npm', 'install', '--offline', '--install-links', ...quiet);
  }

  write(file: string, text: string): void {
    const path = join(this.#folder, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }

  /** @throws Error with the compiler's own words. */
  checkTypes(): void {
    this.write('tsconfig.json', JSON.stringify(TYPES));
    run(this.#folder, tsc, '-p', 'tsconfig.json');
  }

  /** Builds for a path on a server. @returns each file by the path that it is to be served under. */
  build(base: string): Map<string, string> {
    const vite = join(ROOT, 'node_modules/.bin/vite');
    run(this.#folder, vite, 'build', '--base', base, '--logLevel', 'warn');
    const dist = join(this.#folder, 'dist');
    const files = readdirSync(dist, { recursive: true, withFileTypes: true });
    return new Map(
      files
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [base + file.slice(dist.length + 1), readFileSync(file, 'utf8')]),
    );
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
