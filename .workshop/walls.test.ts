import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

type Row = { rule: string; from: string; to: string };
const row = (rule: string, from: string, to: string): Row => ({ rule, from, to });

const wrong = [
  row('sdk', 'packages/sdk/src/a.ts', 'packages/card/src/index.ts'),
  row('sdk', 'packages/sdk/src/b.ts', 'packages/crypto/src/seal/index.ts'),
  row('sdk', 'packages/sdk/src/c.ts', 'packages/contract/src/http/index.ts'),
  row('sdk', 'packages/sdk/src/d.ts', 'packages/contract/src/sibling/index.ts'),
  row('field', 'apps/fields/src/field/a.ts', 'packages/crypto/src/seal/index.ts'),
  row('field', 'apps/fields/src/field/b.ts', 'packages/contract/src/http/index.ts'),
  row('field', 'apps/fields/src/field/c.ts', 'apps/fields/src/controller/post-sealed.ts'),
  row('field', 'apps/fields/src/reveal/a.ts', 'packages/crypto/src/seal/index.ts'),
  row('controller', 'apps/fields/src/controller/a.ts', 'packages/crypto/src/open/index.ts'),
  row('controller', 'apps/fields/src/controller/b.ts', 'packages/crypto/src/envelope/index.ts'),
  row('vault', 'apps/vault/src/a.ts', 'packages/bridge/src/index.ts'),
  row('vault', 'apps/vault/src/b.ts', 'packages/contract/src/frame/index.ts'),
  row('vault', 'apps/vault/src/c.ts', 'packages/crypto/src/seal/index.ts'),
  row('card-alone', 'packages/card/src/a.ts', 'packages/contract/src/brand.ts'),
  row('crypto-alone', 'packages/crypto/src/a.ts', 'packages/card/src/index.ts'),
  row(
    'crypto-seal-cannot-open',
    'packages/crypto/src/seal/a.ts',
    'packages/crypto/src/open/index.ts',
  ),
  row('bridge-alone', 'packages/bridge/src/a.ts', 'packages/contract/src/version.ts'),
  row('contract-alone', 'packages/contract/src/a.ts', 'packages/card/src/index.ts'),
  row('react', 'packages/react/src/a.ts', 'packages/sdk/src/element.ts'),
  row('react', 'packages/react/src/b.ts', 'packages/contract/src/frame/index.ts'),
  row('elements', 'packages/elements/src/a.ts', 'packages/sdk/src/element.ts'),
  row('testing-cards', 'packages/testing/src/playwright/a.ts', 'packages/sdk/src/element.ts'),
  row('testing-fake', 'packages/testing/src/fake/a.ts', 'packages/crypto/src/seal/index.ts'),
  row('testing-fake', 'packages/testing/src/fake/b.ts', 'apps/fields/src/controller/collect.ts'),
  row('shop', 'apps/shop/src/a.ts', 'apps/vault/src/main.ts'),
  row('gateway-double', 'apps/gateway-double/src/a.ts', 'apps/vault/src/main.ts'),
  row('gateway-double', 'apps/gateway-double/src/b.ts', 'apps/shop/src/app.ts'),
  row('e2e', 'e2e/journeys/a.ts', 'apps/vault/src/start.ts'),
];

const right = [
  row('', 'packages/sdk/src/y.ts', 'packages/bridge/src/index.ts'),
  row('', 'apps/fields/src/field/y.ts', 'packages/card/src/index.ts'),
  row('', 'apps/fields/src/controller/y.ts', 'packages/crypto/src/seal/index.ts'),
  row('', 'apps/vault/src/y.ts', 'packages/crypto/src/open/index.ts'),
];

/** One house with all these imports, judged once by the real rules. */
function judge(rows: readonly Row[]): string {
  const place = mkdtempSync(join(tmpdir(), 'hushfield-walls-'));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), text);
  };
  cpSync(join(root, '.dependency-cruiser.cjs'), join(place, '.dependency-cruiser.cjs'));
  for (const { to } of rows) write(to, 'export const x = 1;\n');
  for (const { from, to } of rows) {
    const up = '../'.repeat(from.split('/').length - 1);
    write(from, `import { x } from '${up}${to}';\nconsole.log(x);\n`);
  }
  const args = ['--config', '.dependency-cruiser.cjs', 'packages', 'apps', 'e2e'];
  const depcruise = join(root, 'node_modules/.bin/depcruise');
  const { stdout } = spawnSync(depcruise, args, { cwd: place, encoding: 'utf8' });
  rmSync(place, { recursive: true });
  return stdout;
}

let said = '';
beforeAll(() => {
  said = judge([...wrong, ...right]);
}, 30_000);

it.each(wrong)('$rule: $from may not import $to', ({ rule, from, to }) => {
  expect(said).toContain(`error ${rule}: ${from} → ${to}`);
});

it.each(right)('$from may import $to', ({ from }) => {
  expect(said).toContain('dependency violations');
  expect(said).not.toContain(from);
});
