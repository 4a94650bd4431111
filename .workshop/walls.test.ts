import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const places: string[] = [];
afterEach(() => {
  for (const place of places.splice(0)) rmSync(place, { recursive: true, force: true });
});

/** A house of two files, judged by the real rules. */
function judge(from: string, to: string): string {
  const place = mkdtempSync(join(tmpdir(), 'hushfield-walls-'));
  places.push(place);
  cpSync(join(root, '.dependency-cruiser.cjs'), join(place, '.dependency-cruiser.cjs'));
  const up = '../'.repeat(from.split('/').length - 1);
  const files = {
    [from]: `import { x } from '${up}${to}';\nconsole.log(x);\n`,
    [to]: 'export const x = 1;\n',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), text);
  }
  const folders = [...new Set([from, to].map((file) => file.split('/')[0] ?? ''))];
  const depcruise = join(root, 'node_modules/.bin/depcruise');
  const run = spawnSync(depcruise, ['--config', '.dependency-cruiser.cjs', ...folders], {
    cwd: place,
    encoding: 'utf8',
  });
  return run.stdout;
}

it.each([
  ['sdk', 'packages/sdk/src/a.ts', 'packages/card/src/index.ts'],
  ['sdk', 'packages/sdk/src/a.ts', 'packages/crypto/src/seal/index.ts'],
  ['sdk', 'packages/sdk/src/a.ts', 'packages/contract/src/http/index.ts'],
  ['sdk', 'packages/sdk/src/a.ts', 'packages/contract/src/sibling/index.ts'],
  ['field', 'apps/fields/src/field/a.ts', 'packages/crypto/src/seal/index.ts'],
  ['field', 'apps/fields/src/field/a.ts', 'packages/contract/src/http/index.ts'],
  ['field', 'apps/fields/src/field/a.ts', 'apps/fields/src/controller/post-card.ts'],
  ['controller', 'apps/fields/src/controller/a.ts', 'packages/crypto/src/open/index.ts'],
  ['controller', 'apps/fields/src/controller/a.ts', 'packages/crypto/src/envelope/index.ts'],
  ['vault', 'apps/vault/src/a.ts', 'packages/bridge/src/index.ts'],
  ['vault', 'apps/vault/src/a.ts', 'packages/contract/src/frame/index.ts'],
  ['vault', 'apps/vault/src/a.ts', 'packages/crypto/src/seal/index.ts'],
  ['card-alone', 'packages/card/src/a.ts', 'packages/contract/src/brand.ts'],
  ['crypto-alone', 'packages/crypto/src/a.ts', 'packages/card/src/index.ts'],
  ['crypto-seal-cannot-open', 'packages/crypto/src/seal/a.ts', 'packages/crypto/src/open/index.ts'],
  ['bridge-alone', 'packages/bridge/src/a.ts', 'packages/contract/src/version.ts'],
  ['contract-alone', 'packages/contract/src/a.ts', 'packages/card/src/index.ts'],
  ['shop', 'apps/shop/src/a.ts', 'apps/vault/src/main.ts'],
  ['e2e', 'e2e/journeys/a.ts', 'apps/vault/src/start.ts'],
])(
  '%s: %s may not import %s',
  (rule, from, to) => {
    expect(judge(from, to)).toContain(`error ${rule}:`);
  },
  20_000,
);

it.each([
  ['packages/sdk/src/a.ts', 'packages/bridge/src/index.ts'],
  ['apps/fields/src/field/a.ts', 'packages/card/src/index.ts'],
  ['apps/vault/src/a.ts', 'packages/crypto/src/open/index.ts'],
])(
  '%s may import %s',
  (from, to) => {
    expect(judge(from, to)).toContain('no dependency violations found');
  },
  20_000,
);
