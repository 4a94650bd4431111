import { expect } from 'vitest';
import { createLog } from '../src/app/log.ts';
import { assemble } from '../src/assemble.ts';
import { closeKeys } from '../src/keys/forget-keys.ts';
import { ROLES } from '../src/role.ts';
import { createApiApp } from '../src/routes/api-app.ts';
import { ask } from './backend.ts';
import type { EngineName } from './engines.ts';
import { type TestVault, testVault } from './test-vault.ts';

/** A vault, and another node of it with a memory of its own. */
export async function twoNodes(engine: EngineName) {
  const it = await testVault({ engine });
  const another = async (): Promise<TestVault> => {
    const log = createLog('info', (line) => it.lines.push(line));
    const { sql, now, steady } = it.vault;
    const opener = { roles: ROLES, fills: true };
    const vault = await assemble(it.config, { sql, now, steady, log }, opener);
    return { ...it, vault, api: createApiApp(vault) };
  };
  const node = await another();
  const close = async () => {
    await node.api.close();
    closeKeys(node.vault);
    await it.close();
  };
  return { it, node, another, close };
}

const NUMBER = '4242424242424242';

/** A backend that imports cards under names of its own and reveals them, at any node. */
export function backendOf(it: TestVault, key: string) {
  let named = 0;
  return {
    async make(at = it) {
      const body = { number: NUMBER, expMonth: 12, expYear: 2030, expiresAt: null };
      const headers = { 'idempotency-key': `import-${named++}` };
      const made = await ask(at, key, 'POST', '/v1/tokens', { body, headers });
      expect(made.status).toBe(201);
      return { id: made.body.id, body, headers };
    },
    reveal: (id: string, at = it) =>
      ask(at, key, 'POST', `/v1/tokens/${id}/reveal`, { body: { redaction: 'plain' } }),
  };
}
