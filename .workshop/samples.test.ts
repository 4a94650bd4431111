import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'README.md')),
);

type Sample = { readonly kind: string; readonly code: string };

/** What a reader copies: every block that says it is TypeScript. */
function samplesOf(name: string): Sample[] {
  const text = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```(tsx?)\n(.*?)^```$/gms)];
  return blocks.map(([, kind = 'ts', code = '']) => ({ kind, code }));
}

/** Compiles them inside the package, where its own name and what it depends on are found as built. */
function compile(name: string, samples: readonly Sample[]): string {
  const folder = mkdtempSync(join(root, 'packages', name, '.samples-'));
  try {
    for (const [index, { kind, code }] of samples.entries()) {
      writeFileSync(join(folder, `sample-${index}.${kind}`), `${code}\nexport {};\n`);
    }
    const config = {
      extends: '../../../tsconfig.base.json',
      compilerOptions: {
        jsx: 'react-jsx',
        lib: ['ES2023', 'DOM', 'DOM.Iterable'],
        noUnusedLocals: false,
        // A backend's samples run in Node, and a page's do not.
        types: name === 'node' ? ['node'] : [],
      },
      include: ['*.ts', '*.tsx'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/.bin/tsc');
    return spawnSync(tsc, ['-p', folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('finds the samples', () => {
  expect(packages.flatMap(samplesOf).length).toBeGreaterThan(1);
});

it.each(packages)('compiles every sample in the README of %s', { timeout: 60_000 }, (name) => {
  expect(compile(name, samplesOf(name))).toBe('');
});

it('would notice one that does not', { timeout: 60_000 }, () => {
  const code = `import { cards } from '@hushfield/testing/cards';\ncards.visa.pin;`;
  expect(compile('testing', [{ kind: 'ts', code }])).toContain("Property 'pin' does not exist");
});
