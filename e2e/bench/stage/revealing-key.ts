import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../.workshop/built.ts';
import { environmentOf, type VaultPlace } from './vault.ts';

/** No key may reveal by default: an operator makes one that may, on the command line. */
export function revealingKey(place: VaultPlace & { readonly dataDir: string }): string {
  const stored = readFileSync(join(place.dataDir, 'development.json'), 'utf8');
  const { tenant } = JSON.parse(stored) as { tenant: string };
  const words = ['key', 'create', '--tenant', tenant, '--kind', 'rk', '--json'];
  const scopes = ['--scope', 'tokens:read', '--scope', 'tokens:reveal'];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, 'apps/vault/dist/cli/main.js'), ...words, ...scopes],
    { env: environmentOf(place), encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`no key: ${stderr}`);
  return (JSON.parse(stdout) as { key: string }).key;
}
