import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from './deployment.ts';
import { ROOT } from './server-process.ts';

/** No key may make grants by default. */
export const grantingKey = (deployment: Deployment) => keyFor(deployment, ['grants:write']);

/**
 * A key for what no key may by default: an operator makes one that may, on the command line. The embedded
 * database has one user at a time, so that the vault stands meanwhile.
 */
export async function keyFor(deployment: Deployment, scopes: readonly string[]): Promise<string> {
  const { dataDir, portBase, vault } = deployment;
  const stored = readFileSync(join(dataDir, 'development.json'), 'utf8');
  const { tenant } = JSON.parse(stored) as { tenant: string };
  const words = ['key', 'create', '--tenant', tenant, '--kind', 'rk', '--json'];
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, PORT_BASE: String(portBase), HUSHFIELD_DATA_DIR: dataDir };
  await vault.stop();
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      join(ROOT, 'apps/vault/dist/cli/main.js'),
      ...words,
      ...scopes.flatMap((scope) => ['--scope', scope]),
    ],
    { env, encoding: 'utf8' },
  );
  await deployment.startVault();
  if (status !== 0) throw new Error(`no key: ${stderr}`);
  return (JSON.parse(stdout) as { key: string }).key;
}
